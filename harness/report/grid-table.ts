import Table from 'cli-table3';
import type { Colors } from 'picocolors/types.js';
import { formatDuration } from '../common/size.js';
import {
  brokenBefore,
  cellsThat,
  changesOf,
  type Cell,
  type CellOutcome,
  type Grid,
  type PlacedCell,
} from '../series/grid.js';
import { inertLine } from './inert-text.js';
import { frameless } from './result-table.js';

const shownRemarks = 5;

/** The grid, then which patch broke or repaired what, then all that is worth a look. */
export function gridText(grid: Grid, colors: Colors): string {
  const parts = [
    gridTable(grid, colors),
    changeLines(grid, colors),
    section('fails now and then, and so is not said to fail', cellsThat(grid, 'flaky')),
    section('could not be told', cellsThat(grid, 'broken')),
    beforeLines(grid),
    remarkLines(grid),
    earlierLine(grid),
  ];
  return parts.filter((part) => part !== '').join('\n');
}

function gridTable({ columns, rows }: Grid, colors: Colors): string {
  const table = new Table({ head: ['', ...columns.map(({ name }) => inertLine(name))], ...frameless });
  for (const { name, cells } of rows)
    table.push([inertLine(name), ...cells.map((cell) => cellText(cell, colors))]);
  table.push(['took', ...columns.map(({ seconds }) => (seconds ? formatDuration(seconds * 1000) : ''))]);
  return `${table.toString().replaceAll(/ +$/gm, '')}\n`;
}

/**
 * `flaky 1/5` failed once in five fresh VMs; `=2` has column 2's result, `=earlier` an earlier series', as the kernel
 * is the same.
 */
export function cellText({ outcome, reasons, figure, tries, sameAs, earlier }: Cell, colors: Colors): string {
  if (outcome === 'not-run') return '-';
  if (figure !== undefined) return paint(outcome, colors)(inertLine(figure));
  const counts = [
    outcome === 'warn' && ` ${reasons.length}`,
    tries && tries.failed > 0 && ` ${tries.failed}/${tries.of}`,
    tries && tries.broken > 0 && ` (${tries.broken} broken)`,
  ];
  const same = sameAs === undefined ? (earlier ? ' =earlier' : '') : ` =${sameAs}`;
  return paint(outcome, colors)(outcome) + counts.filter(Boolean).join('') + same;
}

const paint = (outcome: CellOutcome, colors: Colors) =>
  ({
    pass: colors.green,
    fail: colors.red,
    flaky: colors.yellow,
    warn: colors.yellow,
    skip: colors.dim,
    broken: colors.magenta,
    'not-run': colors.dim,
  })[outcome];

function changeLines(grid: Grid, colors: Colors): string {
  const lines = changesOf(grid).map(({ patch, row, what, reason }) => {
    const verb = what === 'breaks' ? colors.red('breaks') : colors.green('repairs');
    const which = inertLine(`patch ${patch.name} (${patch.subject})`);
    return `${which} ${verb} ${inertLine(row)}\n    ${inertLine(reason)}\n`;
  });
  return lines.join('');
}

function section(title: string, placed: readonly PlacedCell[]): string {
  if (placed.length === 0) return '';
  const lines = placed.map(({ row, column, cell }) => {
    const count = cell.outcome === 'flaky' ? `, ${cell.tries?.failed} of ${cell.tries?.of}` : '';
    return `  ${inertLine(`${row}, ${column.name}${count}: ${cell.reasons[0] ?? ''}`)}\n`;
  });
  return `${title}:\n${lines.join('')}`;
}

function beforeLines(grid: Grid): string {
  const rows = brokenBefore(grid);
  if (rows.length === 0) return '';
  const lines = rows.map(({ name, cells }) => `  ${inertLine(`${name}: ${cells[0]!.reasons[0] ?? ''}`)}\n`);
  return `fails without the series, too:\n${lines.join('')}`;
}

/** What compiler and checkpatch say; series.json has all of it. */
function remarkLines(grid: Grid): string {
  const remarks = cellsThat(grid, 'warn').flatMap(({ row, column, cell }) =>
    cell.reasons.map((reason) => `  ${inertLine(`${row}, ${column.name}: ${reason}`)}\n`),
  );
  if (remarks.length === 0) return '';
  const more =
    remarks.length > shownRemarks ? `  and ${remarks.length - shownRemarks} more in series.json\n` : '';
  return `remarks, which break nothing:\n${remarks.slice(0, shownRemarks).join('')}${more}`;
}

function earlierLine({ rows }: Grid): string {
  const count = rows.flatMap(({ cells }) => cells).filter(({ earlier }) => earlier).length;
  if (count === 0) return '';
  return `=earlier: on record from an earlier series on an identical kernel image (--no-reuse runs it again)\n`;
}
