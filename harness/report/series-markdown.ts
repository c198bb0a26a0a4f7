import pc from 'picocolors';
import { cellsThat } from '../series/grid.js';
import { cellText } from './grid-table.js';
import { code, codeBlock, markdownTable } from './markdown-text.js';
import type { LoadedSeries } from './series-formats.js';
import { changeRows, newsOf, brokenResults, openRuns, seriesText } from './series-words.js';

const plain = pc.createColors(false);

/** For a merge request, or the summary of a CI job: which patch broke what, then the grid. */
export function seriesMarkdown({ dir, document }: LoadedSeries): string {
  const { columns, rows } = document;
  const changes = changeRows(document).map(({ text, reason }) => `- ${code(text)}: ${code(reason)}`);
  const grid = markdownTable(
    ['', ...columns.map(({ name, subject }) => [code(name), code(subject)].filter(Boolean).join(' '))],
    rows.map(({ name, cells }) => [code(name), ...cells.map((cell) => code(cellText(cell, plain)))]),
  );
  const remarks = cellsThat(document, 'broken', 'flaky', 'warn').flatMap(({ row, column, cell }) =>
    cell.reasons.map((reason) => `- ${code(row)}, ${code(column.name)}: ${code(reason)}`),
  );
  const commands = brokenResults(document, dir).map(
    ({ patch, folder }) => `p2plab repro ${folder}  # patch ${patch}`,
  );
  const { titles, more } = openRuns(document);
  const open = [...titles.map((title) => `- ${code(title)}`), ...(more > 0 ? [`- and ${more} more`] : [])];
  const parts = [
    `## p2plab: ${newsOf(document)}`,
    code(seriesText(document)),
    changes.join('\n'),
    open.length > 0 ? `Not settled, since these runs are not there:\n\n${open.join('\n')}` : '',
    grid,
    remarks.length > 0 ? `Worth a look:\n\n${remarks.join('\n')}` : '',
    commands.length > 0 ? `To reproduce:\n\n${codeBlock(commands)}` : '',
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}
