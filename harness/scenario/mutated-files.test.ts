import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { packageRoot } from '../common/paths.js';
import { fakeKinds } from './fake-kinds.test.support.js';
import { mutation } from './mutation.test.support.js';
import { problemsIn } from './problems-of.test.support.js';
import { readScenario } from './read-scenario.js';

const folder = path.join(packageRoot, 'scenarios');
const files = ['copy/nvme-copy-p2p.yaml', 'nvmeof/nvmeof-rdma-p2p.yaml', 'allocation/p2pmem-allocate.yaml'];
const texts = files.map((file) => readFileSync(path.join(folder, file), 'utf8'));

for (const [index, file] of files.entries())
  t.test(`${file} is read`, async (t) =>
    t.ok(readScenario(file, texts[index]!, fakeKinds).variants.length > 0),
  );

t.test('a malformed file gives lines with positions, and nothing else', async (t) => {
  let refused = 0;
  const property = fc.property(
    fc.constantFrom(...texts),
    fc.array(mutation, { minLength: 1, maxLength: 4 }),
    (text, mutations) => {
      const problems = problemsIn(mutations.reduce((changed, mutate) => mutate(changed), text));
      if (problems.length > 0) refused++;
      return problems.every((line) => /^[^:]+:\d+:\d+: /.test(line) && !/undefined|\[object/.test(line));
    },
  );
  t.doesNotThrow(() => fc.assert(property, { numRuns: 2000 }));
  t.ok(refused > 1000, `${refused} of 2000 were refused`);
});
