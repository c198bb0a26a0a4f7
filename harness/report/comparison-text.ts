import wrapAnsi from 'wrap-ansi';
import type { NumberChange, ResultChange, RunComparison, TextChange, WayChange } from './compare-runs.js';
import { changeKinds } from './compare-runs.js';
import { inertLine } from './inert-text.js';
import { normaliseText } from './normalise-text.js';
import { plainTable, shortened } from './plain-table.js';

/** Columns of prose; tables have up to 78. */
export const proseColumns = 72;
const maxNumbers = 20;
const maxTitles = 20;
const maxReasons = 5;
const nameColumns = 42;
const tellingRatio = 2.1;

const headings: Record<ResultChange['change'], string> = {
  new: 'New failures',
  fixed: 'Fixed',
  failing: 'Still failing',
  unclear: 'Not comparable, as one of the two did not run to its end',
  added: 'Only in this run',
  removed: 'Only in the base run',
};

/** A list entry: the first line with its mark, the others below it. */
export const listed = (text: string, mark = '* '): string =>
  wrapAnsi(text, proseColumns - mark.length, { hard: true })
    .split('\n')
    .map((line, n) => `${n === 0 ? mark : ' '.repeat(mark.length)}${line}`.trimEnd())
    .join('\n');

/** What changed, in words and tables of at most 78 columns; what there is nothing of is said in a line. */
export function comparisonText(comparison: RunComparison): string {
  const { results, ways, numbers, properties, environment } = comparison;
  const blocks = changeKinds.flatMap((kind) => {
    const some = results.filter(({ change }) => change === kind);
    return some.length > 0 ? [`${headings[kind]}:\n${resultTexts(some)}`] : [];
  });
  const nothing = 'No result changed.';
  return [
    ...(blocks.length > 0 ? blocks : [nothing]),
    ...waysText(ways),
    ...countsText(numbers.filter(isTelling)),
    ...textChanges('Properties', properties),
    ...textChanges('Environment', environment),
  ].join('\n\n');
}

/** Results that changed in the same way for the same reasons are told together. */
function resultTexts(changes: readonly ResultChange[]): string {
  const groups = new Map<string, ResultChange[]>();
  for (const change of changes) {
    const key = JSON.stringify([
      change.base,
      change.head,
      change.otherReason,
      change.reasons.map(normaliseText),
    ]);
    groups.set(key, [...(groups.get(key) ?? []), change]);
  }
  return [...groups.values()].map(groupText).join('\n');
}

function groupText(group: readonly ResultChange[]): string {
  const { reasons, base, head, otherReason } = group[0]!;
  const outcomes = base && head && base !== head ? `${base} -> ${head}` : (head ?? base);
  const note = otherReason ? ', for another reason' : '';
  const titles = group.slice(0, maxTitles).map(({ title }) => listed(`${title}: ${outcomes}${note}`));
  const more = group.length > maxTitles ? ['* and others: p2plab compare --format json'] : [];
  return [...titles, ...more, ...reasonLines(reasons)].join('\n');
}

/** The first few, which are ordered by cause. */
export function reasonLines(reasons: readonly string[]): string[] {
  const lines = reasons.slice(0, maxReasons).map((reason) => listed(inertLine(reason), '    '));
  return reasons.length > maxReasons ? [...lines, '    and more in run.json'] : lines;
}

function waysText(ways: readonly WayChange[]): string[] {
  if (ways.length === 0) return [];
  const lines = ways.map(({ title, step, base, head }) =>
    listed(
      inertLine(`${title}, ${step}: ${base.join(', ') || 'no data'} -> ${head.join(', ') || 'no data'}`),
    ),
  );
  return [`Data went another way:\n${lines.join('\n')}`];
}

/** Where requests merge counts may double from boot to boot; only more than that is told. */
export const isTelling = (number: NumberChange): boolean =>
  number.kind === 'count' && distance(number) > Math.log(tellingRatio);

function countsText(numbers: readonly NumberChange[]): string[] {
  if (numbers.length === 0) return [];
  const rows = byTitle(numbers.slice(0, maxNumbers), ({ unit, base, head }) => [
    String(base),
    `${head} ${shortened(inertLine(unit), 12)}`,
    ratioText(base, head),
  ]);
  const more = numbers.length > maxNumbers ? '\nThe others are told by: p2plab compare --format json' : '';
  return [`Counts that changed:\n${plainTable(['', 'base', 'this run', 'ratio'], rows)}${more}`];
}

/** A row for each title, and below it those of its numbers. */
function byTitle(numbers: readonly NumberChange[], cells: (number: NumberChange) => string[]): string[][] {
  const titles = [...new Set(numbers.map(({ title }) => title))];
  return titles.flatMap((title) => [
    [shortened(title, nameColumns)],
    ...numbers
      .filter((number) => number.title === title)
      .map((number) => [shortened(`  ${inertLine(number.name)}`, nameColumns), ...cells(number)]),
  ]);
}

function textChanges(what: string, changes: readonly TextChange[]): string[] {
  if (changes.length === 0) return [];
  const lines = changes.map(({ what: name, base, head }) => listed(inertLine(`${name}: ${base} -> ${head}`)));
  return [`${what} changed:\n${lines.join('\n')}`];
}

/**
 * Times of one boot each, as ratios. They are told apart from what changed: what else the host does moves them more than
 * most patches do.
 */
export function timesText(numbers: readonly NumberChange[]): string | undefined {
  const times = numbers.filter(({ kind }) => kind === 'time');
  if (times.length === 0) return undefined;
  const most = [...times].sort((a, b) => distance(b) - distance(a)).slice(0, maxNumbers);
  const rows = byTitle(
    times.filter((number) => most.includes(number)),
    ({ unit, base, head }) => [`${base}`, `${head} ${shortened(inertLine(unit), 12)}`, ratioText(base, head)],
  );
  const more = times.length > maxNumbers ? '\nThe others differ less.' : '';
  return `${plainTable(['', 'base', 'this run', 'ratio'], rows)}${more}`;
}

const distance = ({ base, head }: NumberChange) =>
  base > 0 && head > 0 ? Math.abs(Math.log(head / base)) : Number.POSITIVE_INFINITY;

export const ratioText = (base: number, head: number): string =>
  base > 0 ? `x ${(head / base).toFixed(2)}` : '';

/** To be said with every time that is told. */
export const timesWarning =
  'Times and throughput are those of an emulator: absolutes are artefacts, and one boot says little, as what else the ' +
  'host did moves them, too. Compare them with p2plab bench.';
