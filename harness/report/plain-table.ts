import Table from 'cli-table3';
import { frameless } from './result-table.js';

/** What a quoted mail shows in one line. */
const maxColumns = 78;

/**
 * A table without frame lines that is as wide as its widest cells. Of a line that is longer than a mail's may be the end
 * goes: names of a scenario that somebody sent can have any length and width.
 */
export function plainTable(head: string[], rows: string[][]): string {
  const table = new Table({ head, ...frameless });
  for (const row of rows) table.push(row);
  return table
    .toString()
    .split('\n')
    .map((line) => cut(line.trimEnd()))
    .join('\n');
}

function cut(line: string): string {
  const characters = [...line];
  return characters.length <= maxColumns ? line : `${characters.slice(0, maxColumns - 2).join('')}..`;
}

/** Cut in the middle, where names differ least: what begins a name and its cell at the end both tell. */
export function shortened(text: string, width: number): string {
  const characters = [...text];
  if (characters.length <= width) return text;
  const end = Math.floor((width - 2) * 0.6);
  return `${characters.slice(0, width - 2 - end).join('')}..${characters.slice(-end).join('')}`;
}
