import type { ReportFormat } from './formats.js';
import { normaliseText } from './normalise-text.js';
import type { Result } from './run-document.js';
import { kernelText, titleOf } from './run-facts.js';

/**
 * Text for `diff`: results in a stable order, without times, throughput, ids, paths and places in logs, so that of two
 * runs only what really is different differs.
 */
export const normalisedFormat: ReportFormat = {
  file: 'report.normalised.txt',
  summary: 'stable text of a run, without times, ids and paths, for diff',
  render: ({ run }) => {
    const { host, kernels, results } = run;
    const head = [
      ...kernels.map((kernel) => `kernel ${kernelText(kernel)}`),
      `QEMU ${host.qemu}, ${host.accelerator}`,
      `state ${run.state}`,
    ];
    const blocks = results.map((result) => [titleOf(result), lines(result)] as const);
    const sorted = blocks.sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, text]) => ['', ...text]);
    return [...head.map(normaliseText), ...sorted].join('\n') + '\n';
  },
};

function lines(result: Result): string[] {
  const { outcome, kernel, controls, reasons, checks, evidence, comparison } = result;
  const told = [
    ...reasons.map((reason) => `reason: ${reason}`),
    `kernel: ${kernel}`,
    `controls: ${controls}`,
    ...checks.map(checkLine),
    ...evidence.findings.map(findingLine),
    ...evidence.steps.flatMap(stepLines),
    ...comparison.map(({ property, value }) => `${property}: ${value}`),
  ];
  return [`${outcome} ${titleOf(result)}`, ...told.map((line) => `  ${normaliseText(line)}`)];
}

/** What is good may be another in each run, as where the kernel chooses at random. */
const checkLine = ({ ok, name, want, got }: Result['checks'][number]) =>
  ok ? `ok: ${name}: ${want}` : `not ok: ${name}: want ${want}, got ${got}`;

const findingLine = ({ machine, pattern, title, fingerprint, where, step }: Finding) =>
  `log of ${machine}: ${[pattern, title, where, step && `step ${step}`, `fingerprint ${fingerprint}`].filter(Boolean).join(', ')}`;

type Finding = Result['evidence']['findings'][number];

function stepLines({ name, kind, transfers }: Result['evidence']['steps'][number]): string[] {
  const ways = transfers.map(({ machine, drive, direction, commands, bytesByRegion }) => {
    const bytes = Object.entries(bytesByRegion)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([region, n]) => `${region} ${n} B`);
    return `step ${name}: ${machine} ${drive} ${direction}: ${commands} commands, ${bytes.join(', ') || 'no data'}`;
  });
  return [`step ${name} (${kind})`, ...ways.sort()];
}
