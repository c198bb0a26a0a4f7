import { changesOf, gridOutcome, type Grid } from '../series/grid.js';
import type { SeriesDocument } from '../series/series-document.js';
import { inertLine } from './inert-text.js';
import { stateText } from './run-facts.js';

// Words about a series that several formats say.

/** `patch 3 breaks 2 rows, patch 5 repairs 2 rows` */
export function newsOf(document: SeriesDocument): string {
  const patches = [...new Set(document.changes.map(({ patch, what }) => `${patch} ${what}`))];
  const told = patches.map((key) => {
    const [patch, what] = key.split(' ');
    const rows = document.changes.filter((change) => change.patch === patch && change.what === what).length;
    return `patch ${patch} ${what} ${rows} row${rows === 1 ? '' : 's'}`;
  });
  const unknown = gridOutcome(document) === 'broken' ? ['some of it could not be told'] : [];
  return (
    [...(told.length > 0 ? told : ['no patch breaks anything']), ...unknown].join(', ') + ended(document)
  );
}

const ended = ({ state }: SeriesDocument) => stateText(state);

/** The series by its cover's title, its version and what it is on. */
export function seriesText({ series, kernel, columns, before }: SeriesDocument): string {
  const count = Math.max(0, ...columns.map(({ name }) => Number(name) || 0));
  const base = series.baseCommit === undefined ? '' : `, base ${series.baseCommit.slice(0, 12)}`;
  const earlier = before.length > 0 ? ` and ${before.length} before` : '';
  return inertLine(
    `"${series.title}" (v${series.version}, ${count} patch${count === 1 ? '' : 'es'}) on ${kernel}${base}${earlier}`,
  );
}

/** Runs without which the series is not settled: so many are named. */
export function openRuns({ open = [] }: SeriesDocument, most = 20): { titles: string[]; more: number } {
  return { titles: open.slice(0, most).map(inertLine), more: Math.max(0, open.length - most) };
}

/** What each patch broke or repaired, first what breaks. */
export function changeRows(document: SeriesDocument): { text: string; reason: string }[] {
  const changes = changesOf(document).sort((a, b) => a.what.localeCompare(b.what));
  return changes.map(({ patch, what, row, reason }) => ({
    text: inertLine(`patch ${patch.name} (${patch.subject}) ${what} ${row}`),
    reason: inertLine(reason),
  }));
}

/** The result folder of each cell in which a patch breaks something. */
export function brokenResults(grid: Grid, dir: string): { patch: string; folder: string }[] {
  const broken = changesOf(grid).filter(({ what }) => what === 'breaks');
  return broken.slice(0, 5).flatMap(({ patch, row }) => {
    const { folder } = grid.rows.find(({ name }) => name === row)!.cells[grid.columns.indexOf(patch)]!;
    if (!folder?.includes('/results/')) return [];
    const place = folder.startsWith('/') ? folder : `${dir}/${folder}`;
    return { patch: patch.name, folder: inertLine(place) };
  });
}
