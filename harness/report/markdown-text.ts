import { inertLine } from './inert-text.js';

/**
 * Guest text as a code span (CommonMark 0.31): in it nothing is markup, no `@name` is called and no `#1` becomes a link.
 * A pipe would end a table's cell, so it is shown as its number.
 */
export function code(text: string): string {
  const inert = inertLine(text).replaceAll('|', '\\x7c');
  if (inert.trim() === '') return '';
  const fence = '`'.repeat(longestRun(inert) + 1);
  const pad = /^[` ]|[` ]$/.test(inert) ? ' ' : '';
  return `${fence}${pad}${inert}${pad}${fence}`;
}

/** Lines that are inert already, as a fenced block that none of them can end. */
export function codeBlock(lines: readonly string[]): string {
  const fence = '`'.repeat(Math.max(3, longestRun(lines.join('\n')) + 1));
  return `${fence}text\n${lines.join('\n')}\n${fence}`;
}

const longestRun = (text: string) => Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));

/** Text within an HTML element of Markdown. */
export const htmlText = (text: string): string =>
  inertLine(text).replaceAll(/[^\w .=,:-]/gu, (c) => `&#${c.codePointAt(0)};`);

export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
