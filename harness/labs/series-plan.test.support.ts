import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DoesNotBuild } from '../common/errors.js';
import { packageRoot } from '../common/paths.js';
import { job, planOf } from '../jobs/sample.test.support.js';
import type { SeriesPlan } from './merge-series.js';

const file = path.join(packageRoot, 'scenarios/own/own-program.yaml');
export const title = 'own-program';
const kernel = (count: number) => `kernel-000000000000000${count}`;
const patchOf = (n: number) => ({
  subject: `patch ${n}`,
  author: 'a <a@b>',
  message: '',
  diff: 'diff',
  origin: '',
});

/** A series of three patches and one scenario. */
export const plan: SeriesPlan = {
  ...planOf(
    [0, 1, 2, 3].map((n) =>
      job(n, { scenario: title, variant: {}, title: `${n || 'base'}: ${title}`, kernel: kernel(n) }),
    ),
  ),
  scenarios: [
    { name: title, file: path.relative(packageRoot, file), packaged: true, text: readFileSync(file, 'utf8') },
  ],
  builds: [{ id: job(1).image, kind: 'image', name: 'base', needs: job(1).needs, expected: job(1).expected }],
  series: {
    ...{
      form: 'folder',
      origin: 'mine',
      title: 'mine',
      version: 1,
      prerequisites: [],
      kernel: 'p2pmem-6.12',
    },
    ...{ patches: [1, 2, 3].map(patchOf), before: 0, each: true, retries: 4 },
    prefixes: [0, 1, 2, 3].map((count) => ({ count, kernel: kernel(count) })),
  },
};

/** That a compiler said no. @param dir for what it said */
export function notBuilt(dir: string): DoesNotBuild {
  const evidence = path.join(dir, 'make.log');
  writeFileSync(evidence, 'p2pdma.c:42: error: no ;');
  return new DoesNotBuild('scenario', 'p2pdma.c:42: error: no ;', { remedy: 'mend it', evidence });
}
