import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parsePlan, type Plan } from '../jobs/plan-document.js';
import { p2plab } from './run-p2plab.test.support.js';

// What many machines are compared with: the same scenarios on one, each on a boot of its own as jobs are.

/** Writes the plan of what `run` does with these arguments. */
export async function writePlan(file: string, which: readonly string[]): Promise<Plan> {
  const { stdout } = await p2plab(['plan', '--json', ...which]);
  writeFileSync(file, stdout);
  return parsePlan(stdout, file);
}

/** Runs these arguments here, with the report that normalisedReport() reads. */
export const runHere = (which: readonly string[], out: string) => {
  const how = ['--jobs', '1', '--fresh-boots', '--report', 'normalised'];
  return p2plab(['run', ...which, ...how, '--out', out]);
};

/** Of a run folder that has none yet. */
export const writeNormalised = (dir: string) => p2plab(['report', dir, '--format', 'normalised']);

export const normalisedReport = (dir: string): string =>
  readFileSync(path.join(dir, 'report.normalised.txt'), 'utf8');
