import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { eventsFile, runJsonFile, tapFile } from '../report/file-reporters.js';
import { fanOut } from '../report/reporter.js';
import type { Result } from '../report/run-document.js';
import { header, result } from '../report/sample.test.support.js';
import { resultFolder } from '../scenario/result-folder.js';
import { scenarioTitle } from '../scenario/scenario.js';
import { sealBundle } from './bundle.js';
import type { Job, Plan } from './plan-document.js';

export const harness: Plan['harness'] = { version: '0.1.0', code: '0123456789abcdef' };

/** The nth job: its title is `copy [n=1]`. */
export const job = (n: number, over: Partial<Job> = {}): Job => ({
  id: `run-${n.toString(16).padStart(16, '0')}`,
  title: `copy [n=${n}]`,
  scenario: 'copy',
  variant: { n: `${n}` },
  kernel: 'kernel-0123456789abcdef',
  image: 'image-fedcba9876543210',
  needs: { cpus: 1, memoryMiB: 512, exclusive: false, accelerator: 'any' },
  dependsOn: ['kernel-0123456789abcdef', 'image-fedcba9876543210'],
  expected: { seconds: 8, measured: true },
  ...over,
});

export const planOf = (jobs: Job[]): Plan => ({
  schema: 'p2plab.plan/1',
  harness,
  settings: { set: {}, accelerator: 'auto', controls: true, without: [], coverage: false, cost: false },
  scenarios: [],
  patches: [],
  builds: [],
  jobs,
});

/** What a run of a job found; `over` for what is not a pass. */
export const resultOf = ({ scenario, variant }: Job, over: Partial<Result> = {}): Result =>
  result({ scenario, variant, ...over });

/** A run folder as run() leaves it, by its own reporters: a file in each result folder. */
export async function writeRun(dir: string, results: readonly Result[], cached = true): Promise<void> {
  mkdirSync(dir, { recursive: true });
  const all = fanOut([eventsFile(dir), runJsonFile(dir), tapFile(dir)], (line) => {
    throw new Error(line);
  });
  const [kernel] = header.kernels;
  const what = `${kernel!.name} ${kernel!.release}${cached ? ', cached' : ''}`;
  if (!cached) await all.on({ type: 'preparing', subject: 'kernel', what: 'compiling', done: 1, total: 9 });
  await all.on({ type: 'prepared', subject: 'kernel', what });
  await all.on({ type: 'prepared', subject: 'image', what: 'base, cached' });
  await all.on({ type: 'started', dir, count: results.length, run: header });
  for (const one of results) {
    const title = scenarioTitle(one.scenario, one.variant);
    await all.on({ type: 'phase', title, phase: 'boot host' });
    const folder = path.join(dir, 'results', resultFolder(one.scenario, one.variant));
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'evidence.json'), JSON.stringify(one.variant));
    await all.on({ type: 'finished', title, result: one });
  }
  await all.on({ type: 'ended', dir, state: 'finished', results: [...results] });
}

/** A job's bundle. @returns its folder */
export async function writeBundle(
  dir: string,
  of: Job,
  over: Partial<Result> = {},
  how: { harness?: Plan['harness']; cached?: boolean; kernelImage?: string } = {},
): Promise<string> {
  const found = resultOf(of, over);
  await writeRun(dir, [found], how.cached);
  const { kernelImage } = how;
  await sealBundle(dir, { job: of, harness: how.harness ?? harness, kernelImage }, found.outcome);
  return dir;
}

/** A transfer that went wrong. */
export const damage = (file: string): void => appendFileSync(file, 'x');
