import wrapAnsi from 'wrap-ansi';
import { formatDuration } from '../common/size.js';
import { compareRuns } from './compare-runs.js';
import {
  comparisonText,
  listed,
  proseColumns,
  reasonLines,
  timesText,
  timesWarning,
} from './comparison-text.js';
import type { ReportOptions } from './formats.js';
import { inertLine } from './inert-text.js';
import type { LoadedRun } from './load-run.js';
import { plainTable, shortened } from './plain-table.js';
import { readSplats } from './read-splats.js';
import { reproduceParts, shellLines } from './reproduce.js';
import { shares } from './result-table.js';
import type { Result, RunDocument } from './run-document.js';
import { bootRows, countsText, environmentRows, kernelText, titleOf } from './run-facts.js';

/** More, and a mail must be encoded to be sure to arrive as it is. */
const tableColumns = 76;
const maxRows = 60;
const maxSplats = 4;

/** Plain text: what changed first, then results, numbers, environment, traces, and how to see it oneself. */
export async function mailBody(loaded: LoadedRun, { against }: ReportOptions): Promise<string> {
  const { run } = loaded;
  const comparison = against && compareRuns(against, loaded);
  const times = comparison ? timesText(comparison.numbers) : metricsText(run.results);
  const sections: [string, string | undefined][] = [
    [`What changed`, comparison && comparisonText(comparison)],
    ['Results', resultsText(run, comparison !== undefined)],
    ['Numbers', times && `${prose(timesWarning)}\n\n${times}`],
    [
      'Environment',
      [...environmentRows(run), ...bootRows(run.results)]
        .map(([name, value]) => listed(`${name}: ${value}`))
        .join('\n'),
    ],
    ['Traces', await splatsText(loaded)],
    ['How to reproduce', reproduceText(run)],
  ];
  return mailText(opening(run, against?.run), sections);
}

/** The opening, and below it what there is of sections, each under its title. */
export function mailText(start: string, sections: readonly [string, string | undefined][]): string {
  const told = sections.flatMap(([title, text]) =>
    text === undefined ? [] : [`${title}\n${'-'.repeat(title.length)}\n${text}\n`],
  );
  return [start, ...told].join('\n');
}

export const prose = (text: string): string => wrapAnsi(text, proseColumns, { hard: true });

function opening(run: RunDocument, base: RunDocument | undefined): string {
  const on = (r: RunDocument) => r.kernels.map(kernelText).join(' and ');
  const compared = base === undefined ? '' : `, told against ${on(base)}`;
  const text = `p2plab ran ${on(run)}${compared}: ${countsText(run)}.`;
  return `${prose(text)}\n`;
}

/** Against another run only what did not pass, as what changed is told already. */
function resultsText({ results }: RunDocument, briefly: boolean): string | undefined {
  const shown = briefly && results.length > maxRows ? results.filter((r) => r.outcome !== 'pass') : results;
  if (shown.length === 0) return undefined;
  const rows = shown.slice(0, maxRows).map((result) => {
    const { wallMs } = result.phases;
    return [
      result.outcome,
      shortened(titleOf(result), 32),
      wallMs === undefined ? '' : formatDuration(wallMs),
      shortened(inertLine(shares(result.evidence.dma.bytesByRegion)), 24),
    ];
  });
  const more = shown.length > maxRows ? '\nThe others are in run.json.' : '';
  const reasons = briefly ? '' : reasonsText(shown);
  return `${plainTable(['', 'scenario', 'time', 'data went'], rows)}${more}${reasons}`;
}

function reasonsText(results: readonly Result[]): string {
  const told = results
    .filter(({ reasons }) => reasons.length > 0)
    .map((r) => [listed(titleOf(r)), ...reasonLines(r.reasons)]);
  return told.length === 0 ? '' : `\n\n${told.flat().join('\n')}`;
}

function metricsText(results: readonly Result[]): string | undefined {
  const rows = results.flatMap((result) =>
    result.metrics.map(({ name, value, unit }) => [
      shortened(`${titleOf(result)} ${inertLine(name)}`, 56),
      `${value} ${shortened(inertLine(unit), 12)}`,
    ]),
  );
  if (rows.length === 0) return undefined;
  const more = rows.length > maxRows ? '\nThe others are in run.json.' : '';
  return plainTable(['', ''], rows.slice(0, maxRows)) + more;
}

/** One of each kind; the others have the same cause. */
async function splatsText(loaded: LoadedRun): Promise<string | undefined> {
  const all = await Promise.all(loaded.run.results.map((result) => readSplats(loaded, result)));
  const byTitle = new Map(
    all
      .flat()
      .reverse()
      .map((splat) => [splat.title, splat]),
  );
  const told = [...byTitle.values()].slice(0, maxSplats).map(({ title, file, lines, cut }) => {
    const text = lines.map((line) => `  ${fitted(line, tableColumns - 2)}`);
    return [listed(inertLine(title), ''), ...text, ...(cut ? ['  ...'] : []), `  (${inertLine(file)})`].join(
      '\n',
    );
  });
  return told.length === 0 ? undefined : told.join('\n\n');
}

/** Of a frame with functions that were inlined into it, the end goes. */
function fitted(line: string, width: number): string {
  if (line.length <= width) return line;
  const end = line.lastIndexOf(' ', width - 3);
  return `${line.slice(0, end < width / 2 ? width - 3 : end)} ..`;
}

/** What failed, or the whole run when nothing did. */
function reproduceText(run: RunDocument): string | undefined {
  const failed = run.results.filter(({ outcome }) => outcome === 'fail');
  const shown = (failed.length > 0 ? failed : run.results).slice(0, 5);
  if (shown.length === 0) return undefined;
  const commands = shown.map((result) => shellLines(reproduceParts(result, run)));
  return `${prose('With p2plab, in the folder in which this run was started:')}\n\n${commands.join('\n')}`;
}
