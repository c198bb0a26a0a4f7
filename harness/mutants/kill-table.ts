import Table from 'cli-table3';
import type { Colors } from 'picocolors/types.js';
import { formatDuration } from '../common/size.js';
import { frameless } from '../report/result-table.js';
import type { MutantEntry, MutantState, MutantsDocument } from './mutants-document.js';

const shownReason = 100;

/** The kill table for a terminal, and the totals. */
export function killTable({ mutants }: MutantsDocument, colors: Colors): string {
  const table = new Table({ head: ['', 'mutant', 'area', 'class', 'by', 'time', 'because'], ...frameless });
  for (const mutant of mutants) {
    const { state, name, area, class: kind, cause, runMs } = mutant;
    const time = formatDuration(runMs);
    table.push([paint(state, colors), name, area, kind, cause?.title ?? '', time, cut(because(mutant))]);
  }
  return `${table.toString().replaceAll(/ +$/gm, '')}\n\n${totals(mutants)}\n`;
}

/** `50 killed, 1 survived`: only the states that there are. */
export function totals(mutants: readonly MutantEntry[]): string {
  const states: MutantState[] = ['killed', 'survived', 'does-not-build', 'does-not-boot', 'broken'];
  const counted = states.map((state) => ({ state, n: mutants.filter((m) => m.state === state).length }));
  const text = counted.filter(({ n }) => n > 0).map(({ state, n }) => `${n} ${words(state)}`);
  return `${mutants.length} ${mutants.length === 1 ? 'mutant' : 'mutants'}: ${text.join(', ')}`;
}

/** The first reason of a kill; the argument of an equivalent one; what went wrong otherwise. */
export const because = ({ cause, problem, equivalent }: MutantEntry): string =>
  cause?.reason ?? problem ?? (equivalent === undefined ? '' : `equivalent: ${equivalent}`);

const words = (state: MutantState): string => state.replaceAll('-', ' ').replace('does not', 'do not');

const cut = (text: string): string =>
  text.length > shownReason ? `${text.slice(0, shownReason - 1)}…` : text;

function paint(state: MutantState, colors: Colors): string {
  const { green, red, magenta } = colors;
  return (state === 'killed' ? green : state === 'survived' ? red : magenta)(state);
}
