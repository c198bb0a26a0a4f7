import Table from 'cli-table3';
import type { Colors } from 'picocolors/types.js';
import { brokenBefore, changesOf, type Cell, type Grid } from '../series/grid.js';
import { printable } from './console-reporter.js';
import { frameless, paint } from './result-table.js';

/** The grid, then which patch broke or repaired what, then what was broken before. */
export function gridText(grid: Grid, colors: Colors): string {
  const parts = [gridTable(grid, colors), changeLines(grid, colors), beforeLines(grid)];
  return parts.filter((part) => part !== '').join('\n');
}

function gridTable({ columns, rows }: Grid, colors: Colors): string {
  const table = new Table({ head: ['', ...columns.map(({ name }) => name)], ...frameless });
  for (const { name, cells } of rows) table.push([name, ...cells.map((cell) => cellText(cell, colors))]);
  return `${table.toString().replaceAll(/ +$/gm, '')}\n`;
}

/** `fail 1/3` is one that failed once in three fresh VMs; `=2` has column 2's result, as the kernel is the same. */
function cellText({ outcome, tries, sameAs }: Cell, colors: Colors): string {
  if (outcome === 'not-run') return '-';
  const count = tries && tries.of > 1 ? ` ${tries.failed}/${tries.of}` : '';
  return paint(outcome, colors)(outcome) + count + (sameAs === undefined ? '' : ` =${sameAs}`);
}

function changeLines(grid: Grid, colors: Colors): string {
  const lines = changesOf(grid).map(({ patch, row, what, reason }) => {
    const verb = what === 'breaks' ? colors.red('breaks') : colors.green('repairs');
    return `patch ${patch.name} (${patch.subject}) ${verb} ${row}\n    ${printable(reason)}\n`;
  });
  return lines.join('');
}

function beforeLines(grid: Grid): string {
  const rows = brokenBefore(grid);
  if (rows.length === 0) return '';
  const lines = rows.map(({ name, cells }) => `  ${name}: ${printable(cells[0]!.reasons[0] ?? '')}\n`);
  return `fails without the series, too:\n${lines.join('')}`;
}
