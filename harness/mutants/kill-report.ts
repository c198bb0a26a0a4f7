import { formatDuration } from '../common/size.js';
import { because, totals } from './kill-table.js';
import type { MutantEntry, MutantsDocument } from './mutants-document.js';

/** How a report came to be. */
export type Made = { command: string; date: Date };

/**
 * The kill table as Markdown, with what it takes to make it again, in the form in which prettier leaves it. Text of
 * the guest is code, so that nothing in it is markup.
 */
export function killReport(document: MutantsDocument, { command, date }: Made): string {
  const { kernel, mutants, baseline } = document;
  const survivors = mutants.filter(({ state }) => state === 'survived');
  const others = mutants.filter(({ state }) => state !== 'survived' && state !== 'killed');
  const unfit = baseline.filter(({ outcome }) => outcome === 'fail' || outcome === 'broken');
  const ms = mutants.reduce((sum, { runMs }) => sum + runMs, 0);
  return [
    '# Mutants',
    'Small faults of the kind that a patch could bring, and the scenario that noticed each of them first.',
    `Made by \`${command}\` on ${date.toISOString().slice(0, 10)}, on top of ${kernel.name} (Linux ${kernel.release}, ` +
      `${kernel.id}).`,
    `${totals(mutants)}. All runs took ${formatDuration(ms)}.`,
    table(
      ['mutant', 'area', 'class', 'rule', 'killed by', 'because', 'seconds'],
      mutants.map((mutant) => row(mutant)),
    ),
    ...section('Survivors', survivors, survivor),
    ...section(
      'Not judged',
      others,
      (m) => `- ${m.name}: ${m.state.replaceAll('-', ' ')}. ${code(because(m))}`,
    ),
    ...section(
      'Scenarios that do not pass on the unmodified kernel, and so kill nothing',
      unfit,
      ({ title, outcome, reason }) => `- ${code(title)}: ${outcome}. ${code(reason)}`,
    ),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

function row(mutant: MutantEntry): string[] {
  const { name, area, class: kind, rule, state, cause, runMs } = mutant;
  const by = cause && state === 'killed' ? code(cause.title) : state.replaceAll('-', ' ');
  const why = state === 'killed' ? code(because(mutant)) : '';
  return [name, area, kind, rule, by, why, (runMs / 1e3).toFixed(0)];
}

const survivor = ({ name, rule, variantsRun, equivalent }: MutantEntry): string =>
  equivalent === undefined
    ? `- ${name}: nothing in ${variantsRun} variants notices that it breaks "${rule}".`
    : `- ${name}: equivalent, ${equivalent}`;

function section<T>(title: string, items: readonly T[], line: (item: T) => string): string[] {
  return items.length === 0 ? [] : [`## ${title}`, items.map(line).join('\n')];
}

/** Columns as wide as they need; a pipe would end a cell. */
function table(head: string[], rows: string[][]): string {
  const cells = [head, ...rows].map((r) => r.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = head.map((_, column) => Math.max(3, ...cells.map((r) => r[column]!.length)));
  const lines = cells.map((r) => `| ${r.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`);
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [lines[0], rule, ...lines.slice(1)].join('\n');
}

const code = (text: string): string =>
  text === '' ? '' : `\`${text.replaceAll('`', "'").replaceAll(/\s+/g, ' ')}\``;
