import pc from 'picocolors';
import wrapAnsi from 'wrap-ansi';
import { brokenBefore, cellsThat, type Grid } from '../series/grid.js';
import { listed, proseColumns } from './comparison-text.js';
import type { ReportOptions } from './formats.js';
import { cellText } from './grid-table.js';
import { inertLine } from './inert-text.js';
import { composeMail } from './mail.js';
import { plainTable, shortened } from './plain-table.js';
import { harnessVersion } from './run-header.js';
import type { LoadedSeries } from './series-formats.js';
import { changeRows, newsOf, brokenResults, openRuns, seriesText } from './series-words.js';
import { versionsText } from './versions-text.js';

const plain = pc.createColors(false);
/** More, and a mail must be encoded to be sure to arrive as it is. */
const tableColumns = 76;
const nameColumns = 32;

/** What a reviewer gets: which patch broke what, then the grid, and how to see it oneself. It answers the cover letter. */
export function seriesMail({ dir, document }: LoadedSeries, options: ReportOptions): Promise<string> {
  const { versions } = document;
  const sections: [string, string | undefined][] = [
    ['What changed', changesText({ dir, document })],
    ['Not settled, since these runs are not there', openText(document)],
    ['Against the version before', versions && prose(versionsText(versions, plain).trimEnd())],
    ['Grid', gridTables(document).join('\n\n')],
    ['Worth a look', remarksText(document)],
    ['How to reproduce', reproduceText({ dir, document })],
  ];
  const told = sections.flatMap(([title, text]) =>
    text ? [`${title}\n${'-'.repeat(title.length)}\n${text}\n`] : [],
  );
  const opening = prose(`p2plab ran ${seriesText(document)}: ${newsOf(document)}.`);
  const mail = {
    id: document.id,
    subject: inertLine(`${newsOf(document)}: ${document.series.title}`),
    text: [`${opening}\n`, ...told].join('\n'),
    version: harnessVersion,
  };
  return composeMail(mail, options);
}

const prose = (text: string): string => wrapAnsi(text, proseColumns, { hard: true });

function changesText({ document }: LoadedSeries): string {
  const changes = changeRows(document).map(
    ({ text, reason }) => `${listed(text)}\n${listed(reason, '    ')}`,
  );
  const before = brokenBefore(document).map(({ name }) => listed(inertLine(name)));
  return [
    changes.length > 0 ? changes.join('\n') : 'No patch breaks or repairs anything.',
    ...(before.length > 0 ? [`Fails without the series, too:\n${before.join('\n')}`] : []),
  ].join('\n\n');
}

function openText(document: LoadedSeries['document']): string {
  const { titles, more } = openRuns(document);
  return [...titles, ...(more > 0 ? [`and ${more} more`] : [])].map((title) => listed(title)).join('\n');
}

/** Side by side as many columns as a mail has room for; the others in tables below. */
export function gridTables({ columns, rows }: Grid): string[] {
  const names = rows.map(({ name }) => shortened(inertLine(name), nameColumns));
  const cells = columns.map((_, n) => rows.map((row) => cellText(row.cells[n]!, plain)));
  const widthOf = (n: number) =>
    Math.max(columns[n]!.name.length, ...cells[n]!.map((text) => text.length)) + 2;
  const room = tableColumns - Math.max(0, ...names.map((name) => name.length)) - 2;
  const groups: number[][] = [];
  let used = Number.POSITIVE_INFINITY;
  for (const n of columns.keys()) {
    if (used + widthOf(n) > room) groups.push([]);
    used = (groups.at(-1)!.length === 0 ? 0 : used) + widthOf(n);
    groups.at(-1)!.push(n);
  }
  return groups.map((group) =>
    plainTable(
      ['', ...group.map((n) => columns[n]!.name)],
      names.map((name, row) => [name, ...group.map((n) => cells[n]![row]!)]),
    ),
  );
}

/** Broken and flaky cells, and remarks of compiler, checkpatch and coverage. */
function remarksText(grid: Grid): string {
  const placed = cellsThat(grid, 'broken', 'flaky', 'warn');
  return placed
    .flatMap(({ row, column, cell }) => {
      const shown = cell.reasons.slice(0, 5).map((reason) => listed(inertLine(reason), '    '));
      const more = cell.reasons.length > 5 ? ['    and more in series.json'] : [];
      return [listed(inertLine(`${row}, ${column.name}: ${cellText(cell, plain)}`)), ...shown, ...more];
    })
    .join('\n');
}

function reproduceText({ dir, document }: LoadedSeries): string | undefined {
  const commands = brokenResults(document, dir).map(
    ({ patch, folder }) => `patch ${patch}:\n  $ p2plab repro \\\n      ${folder}`,
  );
  return commands.length > 0 ? commands.join('\n') : undefined;
}
