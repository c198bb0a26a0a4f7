import { appendFile, readFile } from 'node:fs/promises';
import type { CommitReport } from './try-commit.js';

/** steps.jsonl: what each step of a bisection found, a line for each. */
export const recordCommit = (file: string, report: CommitReport): Promise<void> =>
  appendFile(file, `${JSON.stringify(report)}\n`);

export async function readCommits(file: string): Promise<CommitReport[]> {
  const text = await readFile(file, 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as CommitReport);
}
