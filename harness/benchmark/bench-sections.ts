import { listed } from '../report/comparison-text.js';
import { prose } from '../report/mail-body.js';
import { plainTable, shortened } from '../report/plain-table.js';
import { inertLine } from '../report/inert-text.js';
import type { BenchDocument } from './bench-document.js';
import { clockWarning, metricText, verdictOrder, verdictTitles } from './bench-words.js';
import { nameOf } from './compare-boots.js';
import type { Comparison } from './comparison.js';

/** More with the same words are counted and not named: the tables name them. */
const maxNamed = 9;

/** What is worse first. */
export function verdictsText({ comparisons, notInAll }: BenchDocument): string {
  const groups = verdictOrder.flatMap((verdict) => {
    const some = comparisons.filter((comparison) => comparison.verdict === verdict);
    return some.length === 0 ? [] : [`${verdictTitles[verdict]}:\n${lines(some)}`];
  });
  const missing =
    notInAll.length === 0
      ? []
      : [`Not in every boot, so not compared:\n${notInAll.map((n) => listed(inertLine(n))).join('\n')}`];
  return [...(groups.length > 0 ? groups : ['Nothing could be compared.']), ...missing].join('\n\n');
}

/** Metrics with the same words are told together. */
function lines(comparisons: readonly Comparison[]): string {
  const byWords = new Map<string, Comparison[]>();
  for (const comparison of comparisons)
    byWords.set(comparison.words, [...(byWords.get(comparison.words) ?? []), comparison]);
  return [...byWords]
    .map(([words, some]) => {
      const names = some.length > maxNamed ? `${some.length} metrics` : some.map(metricText).join(', ');
      return listed(`${names}${directionText(some)}: ${words}`);
    })
    .join('\n');
}

/** Tables of at most 78 columns: what repeats with its values, but for what is 0 on both sides; what a clock tells as ratios. */
export function numbersText({ comparisons }: BenchDocument): string {
  const counted = comparisons.filter(({ kind, base, head }) => kind !== 'wall' && (base !== 0 || head !== 0));
  const clocked = comparisons.filter(({ kind }) => kind === 'wall');
  return [
    ...(counted.length > 0 ? [countedTable(counted)] : []),
    ...(clocked.length > 0 ? [`${prose(clockWarning)}\n\n${clockTable(clocked)}`] : []),
  ].join('\n\n');
}

/** Which way is better, where something is. */
function directionText(some: readonly Comparison[]): string {
  const [{ better, verdict }] = some as [Comparison];
  return verdict === 'worse' || verdict === 'better' ? ` (${better} is better)` : '';
}

const nameColumns = 27;
const name = (comparison: Comparison) => shortened(inertLine(nameOf(comparison)), nameColumns);

function countedTable(comparisons: readonly Comparison[]): string {
  const rows = comparisons.map((comparison) => {
    const { n, base, head, change, noise } = comparison;
    return [
      name(comparison),
      `${n}`,
      `${base}`,
      `${head}`,
      change ? interval(change.low, change.high, '%') : '',
      noise === undefined ? '' : `${noise} %`,
    ];
  });
  return plainTable(['counted (less is better)', 'n', 'base', 'head', 'change', 'noise'], rows);
}

function clockTable(comparisons: readonly Comparison[]): string {
  const rows = comparisons.map((comparison) => {
    const { n, ratio, noise, better } = comparison;
    return [
      name(comparison),
      `${n}`,
      better,
      ratio ? `x ${ratio.estimate}` : '',
      ratio ? interval(ratio.low, ratio.high) : '',
      noise === undefined ? '' : `${noise} %`,
    ];
  });
  return plainTable(['by the clock', 'n', 'better', 'ratio', 'interval', 'noise'], rows);
}

const interval = (low: number, high: number, unit = ''): string =>
  `${low}${low === high ? '' : ` to ${high}`}${unit === '' ? '' : ` ${unit}`}`;
