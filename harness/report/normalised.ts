import { backgroundSteps } from './background-steps.js';
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
  const background = backgroundSteps(result);
  const told = [
    ...reasons.map((reason) => `reason: ${reason}`),
    `kernel: ${kernel}`,
    `controls: ${controls}`,
    ...checks.filter((check) => !isOfMoment(check, background)).map(checkLine),
    ...(outcome === 'pass' ? [] : evidence.findings.map(findingLine)),
    ...evidence.steps.flatMap((step) => stepLines(step, background.has(step.name))),
    ...comparison.map(({ property, value }) => `${property}: ${value}`),
  ];
  return [`${outcome} ${titleOf(result)}`, ...told.map((line) => `  ${normaliseText(line)}`)];
}

/** What is good may be another in each run, as where the kernel chooses at random. */
const checkLine = ({ ok, name, want, got }: Check) =>
  ok ? `ok: ${name}` : `not ok: ${name}: want ${want}, got ${got}`;

/** Made for a step when it had data, which a step may have had by the way. */
const isOfMoment = ({ ok, name }: Check, background: ReadonlySet<string>) =>
  ok &&
  [...background].some(
    (step) => name.startsWith(`${step}: the ledger`) || name.startsWith(`${step}: every address`),
  );

type Check = Result['checks'][number];

/** Where nothing failed the log says what the scenario allows, which may come or not. */
const findingLine = ({ machine, pattern, title, fingerprint, where }: Finding) =>
  `log of ${machine}: ${[pattern, title, where, `fingerprint ${fingerprint}`].filter(Boolean).join(', ')}`;

type Finding = Result['evidence']['findings'][number];

/** How much it was is another in each run where requests are merged or I/O goes on meanwhile. */
function stepLines({ name, kind, transfers }: Step, inBackground: boolean): string[] {
  if (inBackground) return [`step ${name} (${kind})`];
  const ways = transfers.map(({ machine, drive, direction, bytesByRegion }) => {
    const regions = Object.keys(bytesByRegion).filter((region) => bytesByRegion[region]! > 0);
    return `step ${name}: ${machine} ${drive} ${direction}: ${regions.sort().join(', ') || 'no data'}`;
  });
  return [`step ${name} (${kind})`, ...ways.sort()];
}

type Step = Result['evidence']['steps'][number];
