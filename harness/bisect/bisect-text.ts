import Table from 'cli-table3';
import { frameless } from '../report/result-table.js';
import type { BisectResult } from './run-bisect.js';
import type { CommitReport } from './try-commit.js';

/** Wide enough for a reason, narrow enough for two beside each other. */
const columnWidth = 56;

/** What a bisection found: the commit, and the results before and at it side by side. */
export function bisectText(result: BisectResult, titles: ReadonlyMap<string, string>): string {
  const title = (commit: string) => titles.get(commit) ?? commit;
  const { first, candidates, lastGood, firstBad } = result;
  if (first === undefined) {
    const list = candidates.map((commit) => `  ${title(commit)}\n`).join('');
    return `the first bad commit is one of these, which could not be told apart:\n${list}`;
  }
  const head = `first bad commit: ${title(first)}\n`;
  if (!lastGood || !firstBad) return head;
  const table = new Table({ ...frameless, colWidths: [12, columnWidth, columnWidth], wordWrap: true });
  const row = (name: string, of: (report: CommitReport) => string) =>
    table.push([name, of(lastGood), of(firstBad)]);
  table.push(['', 'last good', 'first bad']);
  row('commit', ({ commit }) => title(commit));
  row('outcome', ({ outcome }) => outcome);
  row('failed', ({ failed, tried }) => `${failed} of ${tried} runs`);
  row('reasons', ({ reasons }) => reasons.slice(0, 3).join('\n') || 'none');
  row('evidence', ({ folder }) => folder ?? 'none');
  return `${head}\n${table.toString().replaceAll(/ +$/gm, '')}\n`;
}
