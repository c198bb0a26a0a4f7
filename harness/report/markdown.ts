import { formatDuration } from '../common/size.js';
import { compareRuns, type ResultChange, type RunComparison } from './compare-runs.js';
import { isTelling, ratioText, timesWarning } from './comparison-text.js';
import type { ReportFormat, ReportOptions } from './formats.js';
import { inertLine } from './inert-text.js';
import type { LoadedRun } from './load-run.js';
import { code, codeBlock, htmlText, markdownTable } from './markdown-text.js';
import { readSplats } from './read-splats.js';
import { reproduceParts } from './reproduce.js';
import { shares, throughput } from './result-table.js';
import type { Result } from './run-document.js';
import { bootRows, countsText, environmentRows, kernelText, titleOf } from './run-facts.js';

/** "Job summaries are isolated between steps and each step is restricted to a maximum size of 1MiB" (docs.github.com). */
const stepSummaryBytes = 2 ** 20;

export const markdownFormat: ReportFormat = {
  file: 'report.md',
  summary: 'Markdown for a merge request, with --against what changed first',
  render: async (loaded, options) => (await blocks(loaded, options)).join('\n\n') + '\n',
};

export const githubFormat: ReportFormat = {
  file: 'report.github.md',
  summary: 'a step summary of GitHub Actions, at most 1 MiB',
  render: async (loaded, options) => fitted(await blocks(loaded, options), stepSummaryBytes),
};

/** Whole blocks from the top, as many as fit. */
export function fitted(all: readonly string[], maxBytes: number): string {
  const rest = 'The rest did not fit; it is in run.json.\n';
  const text = all.join('\n\n') + '\n';
  if (Buffer.byteLength(text) <= maxBytes) return text;
  let kept = '';
  for (const block of all) {
    const more = `${kept}${block}\n\n`;
    if (Buffer.byteLength(more) + Buffer.byteLength(rest) > maxBytes) break;
    kept = more;
  }
  return kept + rest;
}

/** The most telling first. */
async function blocks(loaded: LoadedRun, { against }: ReportOptions): Promise<string[]> {
  const { run } = loaded;
  const comparison = against && compareRuns(against, loaded);
  const kernels = run.kernels.map((kernel) => code(kernelText(kernel))).join(' and ');
  const details = await Promise.all(
    run.results.filter(({ outcome }) => outcome !== 'pass').map((result) => detail(loaded, result)),
  );
  const environment = [...environmentRows(run), ...bootRows(run.results)].map(
    ([name, value]) => `- ${name}: ${code(value)}`,
  );
  return [
    `## p2plab: ${countsText(run)}`,
    kernels,
    ...(comparison ? changes(comparison) : []),
    ...resultTables(run.results),
    ...details,
    `### Environment\n\n${environment.join('\n')}`,
  ];
}

const rowsOfTable = 200;

/** Long tables in parts, so that a summary that is too long loses the end of one and not all of it. */
function resultTables(results: readonly Result[]): string[] {
  const head = ['', 'scenario', 'kernel', 'time', 'data went', 'throughput'];
  const parts = Array.from({ length: Math.ceil(results.length / rowsOfTable) }, (_, n) =>
    results.slice(n * rowsOfTable, (n + 1) * rowsOfTable),
  );
  return parts.map((part) => markdownTable(head, part.map(row)));
}

function row(result: Result): string[] {
  const { wallMs } = result.phases;
  return [
    result.outcome === 'pass' ? 'pass' : `**${result.outcome}**`,
    code(titleOf(result)),
    code(result.kernel),
    wallMs === undefined ? '' : formatDuration(wallMs),
    code(shares(result.evidence.dma.bytesByRegion)),
    throughput(result),
  ];
}

async function detail(loaded: LoadedRun, result: Result): Promise<string> {
  const splats = await readSplats(loaded, result);
  const lines = [
    ...result.reasons.map(inertLine),
    ...splats.flatMap(({ file, lines: trace }) => ['', inertLine(file), ...trace]),
    '',
    reproduceParts(result, loaded.run).join(' '),
  ];
  const summary = `<summary>${result.outcome}: ${htmlText(titleOf(result))}</summary>`;
  return `<details>\n${summary}\n\n${codeBlock(lines)}\n\n</details>`;
}

function changes({ base, results, ways, numbers, properties, environment }: RunComparison): string[] {
  const changed = results.map(({ title, change, base: was, head: is, reasons }) => [
    changeText[change],
    code(title),
    `${was ?? 'none'} → ${is ?? 'none'}`,
    code(reasons[0] ?? ''),
  ]);
  const number = ({ title, name, unit, base: was, head: is }: RunComparison['numbers'][number]) => {
    return [code(title), code(name), `${was}`, `${is}`, code(unit), ratioText(was, is)];
  };
  const numberHead = ['scenario', 'number', 'base', 'this run', 'unit', 'ratio'];
  const went = ways.map(({ title, step, base: was, head: is }) => {
    return { what: `${title}, ${step}: data went to`, base: was.join(', '), head: is.join(', ') };
  });
  const texts = [...went, ...properties, ...environment].map((t) => [
    code(t.what),
    code(t.base),
    code(t.head),
  ]);
  const counts = numbers.filter(isTelling).map(number);
  const times = numbers.filter((n) => n.kind === 'time').map(number);
  return [
    `### Against ${base.kernels.map(code).join(' and ')}`,
    changed.length > 0 ? markdownTable(['', 'scenario', '', 'reason'], changed) : 'No result changed.',
    ...(counts.length > 0 ? [markdownTable(numberHead, counts)] : []),
    ...(texts.length > 0 ? [markdownTable(['changed', 'base', 'this run'], texts)] : []),
    ...(times.length > 0
      ? [
          `<details>\n<summary>throughput and times</summary>\n\n${timesWarning}\n\n${markdownTable(numberHead, times)}\n\n</details>`,
        ]
      : []),
  ];
}

const changeText: Record<ResultChange['change'], string> = {
  new: '**new failure**',
  fixed: 'fixed',
  failing: 'still failing',
  unclear: 'not comparable',
  added: 'only in this run',
  removed: 'only in the base run',
};
