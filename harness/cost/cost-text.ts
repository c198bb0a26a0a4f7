import wrapAnsi from 'wrap-ansi';
import { proseColumns } from '../report/comparison-text.js';
import { inertLine } from '../report/inert-text.js';
import { plainTable, shortened } from '../report/plain-table.js';
import type { CostComparison, FunctionChange, StepComparison } from './compare-costs.js';
import type { InlineMove } from './inline-moves.js';
import { pathPerMib, type ApartCost, type StepCost } from './step-cost.js';

const nameColumns = 38;
const maxFunctions = 30;
const maxUnchanged = 5;
const maxApart = 10;
const mebibyte = 2 ** 20;

/** To be said with every cost: what a count of instructions does not tell. */
export const costLimits =
  'Instructions of the guest kernel, counted one by one. They do not tell of caches and branches, of the time that a ' +
  'device or its DMA takes, of locks that several processors want at once, nor of what user space does.';

/** What an I/O costs, function by function; at most 78 columns. */
export function costTable(cost: StepCost): string {
  const { functions, apart, pathPerIo, ios, bytes } = cost;
  const areas = new Map<string, number>();
  for (const { area, perIo } of functions) areas.set(area, (areas.get(area) ?? 0) + perIo);
  const perArea = [...areas].sort(([, a], [, b]) => b - a).map(([area, perIo]) => [area, tenth(perIo)]);
  const rows = functions
    .slice(0, maxFunctions)
    .map(({ name, area, perIo, spread }) => [
      ...[shown(name), area, tenth(perIo)],
      spread >= 0.05 ? `+-${tenth(spread / 2)}` : '',
    ]);
  const rest = functions.slice(maxFunctions);
  if (rest.length > 0) rows.push([`${rest.length} more functions`, '', tenth(sumOf(rest)), '']);
  return [
    `${titleOf(cost)}, I/Os of ${bytes / ios / 1024} KiB (${ios} of them)`,
    `instructions per I/O: ${tenth(pathPerIo)}`,
    `instructions per MiB: ${thousands(pathPerMib(cost))}${incomplete(cost)}`,
    '',
    plainTable(['area', 'per I/O'], perArea),
    '',
    plainTable(['function', 'area', 'per I/O', ''], rows),
    '',
    apartText(apart),
    '',
  ].join('\n');
}

function apartText(apart: readonly ApartCost[]): string {
  const byWhy = new Map<string, number>();
  for (const { why, perIo } of apart) byWhy.set(why, (byWhy.get(why) ?? 0) + perIo);
  const whys = [...byWhy].map(([why, perIo]) => [why, reasons[why as ApartCost['why']], tenth(perIo)]);
  const rows = apart
    .slice(0, maxApart)
    .map(({ name, why, perIo, spread }) => [shown(name), why, tenth(perIo), `+-${tenth(spread / 2)}`]);
  if (apart.length === 0) return 'Nothing is set apart.';
  return [
    'Set apart, as it differs from run to run:',
    plainTable(['', '', 'per I/O'], whys),
    '',
    plainTable(['dearest of it', '', 'per I/O', ''], rows),
  ].join('\n');
}

const reasons: Record<ApartCost['why'], string> = {
  idle: 'waiting',
  scheduler: 'who runs next',
  locks: 'taken by all of these, too',
  tick: 'by the clock',
  interrupt: 'entry and exit of the kernel',
  rcu: 'by grace periods',
  process: 'processes and their memory',
  boot: 'alike within a boot, and not between two',
  module: 'code that is not in vmlinux',
  wanders: 'on the path, and did not repeat',
  seldom: 'called by few I/Os',
  start: 'paid by processes, not by I/Os',
};

/** What changed between two kernels; at most 78 columns. */
export function costText({ steps, onlyBase, onlyHead }: CostComparison): string {
  const alone = (names: readonly string[], whose: string) =>
    names.map((name) => `only in ${whose}: ${inertLine(name)}`);
  return [
    ...steps.map(stepText),
    ...alone(onlyBase, 'base'),
    ...alone(onlyHead, 'head'),
    wrapAnsi(costLimits, proseColumns),
  ]
    .join('\n\n')
    .concat('\n');
}

function stepText(step: StepComparison): string {
  const { base, head, change, percent, functions, areas, moves, apart } = step;
  const changed = functions.filter(({ real }) => real);
  const quiet = functions.filter(({ real, moved }) => !real && !moved);
  const perMib = (perIo: number) => thousands((perIo / step.bytesPerIo) * mebibyte);
  const blocks = [
    `${titleOf(step)}, I/Os of ${step.bytesPerIo / 1024} KiB\n` +
      `instructions per I/O: ${tenth(base)} -> ${tenth(head)} (${signed(change)}, ${signed(percent, 2)} %)\n` +
      `in functions that changed: ${signed(step.real)}; the rest moves from boot to boot\n` +
      `instructions per MiB: ${perMib(base)} -> ${perMib(head)}${incomplete(step)}`,
    plainTable(
      ['area', 'base', 'head', 'change'],
      [
        ...areas.map((a) => [a.area, tenth(a.base), tenth(a.head), signed(a.change)]),
        ['sum over the I/O path', tenth(base), tenth(head), signed(change)],
      ],
    ),
    changed.length > 0 ? functionTable(changed) : 'No function of the I/O path changed.',
    ...(moves.length > 0 ? [movesText(moves)] : []),
    ...(quiet.length > 0 ? [quietText(quiet)] : []),
    ...(apart.length > 0
      ? [
          `Changed, and in no sum, as it is set apart:\n${plainTable(
            ['function', 'why', 'base', 'head', 'change'],
            apart
              .slice(0, maxApart)
              .map((a) => [shown(a.name), a.why, tenth(a.base), tenth(a.head), signed(a.change)]),
          )}${more(apart.length - maxApart)}`,
        ]
      : []),
  ];
  return blocks.join('\n\n');
}

const functionTable = (changed: readonly FunctionChange[]): string =>
  plainTable(
    ['function', 'area', 'base', 'head', 'change'],
    changed
      .slice(0, maxFunctions)
      .map(({ name, area, base, head, change }) => [
        shown(name),
        area,
        base === undefined ? 'new' : tenth(base),
        head === undefined ? 'gone' : tenth(head),
        signed(change),
      ]),
  ) + more(changed.length - maxFunctions);

function movesText(moves: readonly InlineMove[]): string {
  const lines = moves.map(({ name, inlinedIn, base, head, hosts }) => {
    const where = hosts.map((host) => host.name).join(', ');
    const how = inlinedIn === 'head' ? `inlined into ${where} now` : `not inlined into ${where} any more`;
    const text = `${name} ${tenth(base)} -> ${tenth(head)} (${signed(head - base)}), ${how}`;
    return wrapAnsi(inertLine(text), proseColumns - 2, { hard: true }).replaceAll('\n', '\n    ');
  });
  return `Moved by inlining:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}

function quietText(quiet: readonly FunctionChange[]): string {
  const some = quiet.slice(0, maxUnchanged).map(({ name, head = 0 }) => `${name} ${tenth(head)}`);
  const text = `Unchanged: ${some.join(', ')}${quiet.length > some.length ? ` and ${quiet.length - some.length} others` : ''}.`;
  return wrapAnsi(inertLine(text), proseColumns, { hard: true });
}

const titleOf = ({ step, machine }: { step: string; machine: string }): string =>
  `${shortened(inertLine(step), 24)} on ${shortened(inertLine(machine), 16)}`;
const shown = (name: string): string => shortened(inertLine(name), nameColumns);
const more = (count: number): string => (count > 0 ? `\nand ${count} more` : '');
const sumOf = (functions: readonly { perIo: number }[]) =>
  functions.reduce((all, { perIo }) => all + perIo, 0);
const incomplete = (of: { incomplete: boolean }): string =>
  of.incomplete ? '\nincomplete: the table of the QEMU plugin was full' : '';
const tenth = (value: number): string => plain(value, 1);
const thousands = (value: number): string => Math.round(value).toLocaleString('en-US');

/** Without the minus of a zero. */
const plain = (value: number, digits: number): string => {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace('-', '') : text;
};

/** `+7.0`, `0.0` */
function signed(value: number, digits = 1): string {
  const text = plain(value, digits);
  return Number(text) > 0 ? `+${text}` : text;
}
