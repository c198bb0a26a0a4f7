import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { saveBench } from '../benchmark/bench-document.js';
import type { BenchOptions } from './bench-command.js';
import { benchVariants, newBench, openBench, withHeadConfig } from './bench-request.js';

const asked = (over: Partial<BenchOptions> = {}): BenchOptions => ({
  ...{ patch: [], set: {}, baseSet: {}, headSet: {}, kind: ['exact', 'count', 'wall'] },
  ...{ resolution: 0.01, budget: 600, seed: 1, image: 'base', accel: 'auto' },
  ...over,
});
const copy = 'nvme-copy-p2p';
const shm0 = { set: { provider: 'shm0' } };

async function bench(over: Partial<BenchOptions>, name = copy) {
  const options = asked(over);
  return newBench(await benchVariants(name, options), options);
}

t.test('a patch is on head only, and both are on the default kernel', async (t) => {
  const document = await bench({ ...shm0, patch: ['a/my.patch'] });
  t.match(document.base, { label: 'p2pmem-6.12', kernel: 'p2pmem-6.12', patches: [] });
  t.match(document.head, { label: 'p2pmem-6.12 with my.patch', patches: ['a/my.patch'] });
  t.equal(document.base.scenarioId, document.head.scenarioId);
  t.match(document, { scenario: copy, resolutionPercent: 1, budgetSeconds: 600, confidencePercent: 95 });
});

t.test('without --head it is the kernel of --base', async (t) => {
  t.equal((await bench({ ...shm0, base: 'one' })).head.kernel, 'one');
  t.equal((await bench({ ...shm0, base: 'one', head: 'two' })).head.kernel, 'two');
});

t.test('before against after a kernel option: head is a definition with one more fragment', async (t) => {
  const dir = t.testdir({ cache: {}, 'slub.config': 'CONFIG_SLUB_DEBUG=y\n' });
  const cached = process.env.XDG_CACHE_HOME;
  process.env.XDG_CACHE_HOME = path.join(dir, 'cache');
  t.teardown(() => (process.env.XDG_CACHE_HOME = cached ?? ''));
  const variants = await benchVariants(copy, asked(shm0));
  const options = await withHeadConfig(
    variants,
    asked({ ...shm0, headConfig: path.join(dir, 'slub.config') }),
  );
  const { base, head } = newBench(variants, options);
  t.same([base.label, head.label], ['p2pmem-6.12', 'p2pmem-6.12-with-slub']);
  t.match(readFileSync(head.kernel, 'utf8'), `  - ${path.join(dir, 'slub.config')}\n`);
});

t.test('one provider against another, and peer memory against RAM', async (t) => {
  const document = await bench({ baseSet: { provider: 'shm0' }, headSet: { provider: 'nvme0' } });
  t.same([document.base.variant, document.head.variant], [{ provider: 'shm0' }, { provider: 'nvme0' }]);
  t.not(document.base.scenarioId, document.head.scenarioId);
});

t.test('a side that is several variants is refused, with what would choose one', async (t) => {
  await t.rejects(benchVariants(copy, asked({ headSet: { provider: 'shm0' } })), {
    blame: 'scenario',
    message: `the base side is 2 variants: ${copy} [provider=nvme0], ${copy} [provider=shm0]`,
    remedy: 'choose one, like: --set provider=nvme0 (or with --base-set and --head-set one for each side)',
  });
});

t.test('a scenario in which nothing can be measured is refused', async (t) => {
  await t.rejects(benchVariants('p2pmem-allocate', asked(shm0)), {
    blame: 'scenario',
    message: 'p2pmem-allocate has nothing to measure: no step is fio or p2pmem-time',
    remedy: 'choose a scenario of: p2plab list --tag bench',
  });
  await t.rejects(benchVariants('p2pmem-allocate', asked({ ...shm0, kind: ['exact'] })), {
    message: 'p2pmem-allocate has nothing to measure: no step is fio',
  });
});

t.test('the folder of a bench goes on, with other limits if they are asked for', async (t) => {
  const out = path.join(t.testdir(), 'bench');
  const variants = await benchVariants(copy, asked(shm0));
  const first = await openBench(variants, asked({ ...shm0, out }));
  t.equal(first.resumed, false);
  await saveBench(out, { ...first.document, ended: 'budget', state: 'finished' });
  const again = await openBench(variants, asked({ ...shm0, out, budget: 1200, resolution: 0.005 }));
  t.match(again, { resumed: true, document: { budgetSeconds: 1200, resolutionPercent: 0.5 } });
  t.equal(again.document.id, first.document.id);
  t.equal(again.document.ended, undefined);
});

t.test('the folder of another bench, or of something else, is left alone', async (t) => {
  const out = path.join(t.testdir(), 'bench');
  const variants = await benchVariants(copy, asked(shm0));
  const { document } = await openBench(variants, asked({ ...shm0, out }));
  await saveBench(out, document);
  const other = asked({ ...shm0, out, patch: ['my.patch'], kind: ['wall'] });
  const id = document.head.scenarioId;
  await t.rejects(openBench(variants, other), {
    message: `${out} is of another bench: head was p2pmem-6.12 (scenario ${id}), and is p2pmem-6.12 with my.patch (scenario ${id}); --kind was exact,count,wall, and is wall`,
    remedy: 'name another folder with --out, or ask for the same',
  });
  const full = path.join(t.testdir(), 'full');
  mkdirSync(full);
  writeFileSync(path.join(full, 'notes'), '');
  await t.rejects(openBench(variants, asked({ ...shm0, out: full })), {
    message: `--out ${full} is neither empty nor of p2plab bench`,
  });
  writeFileSync(path.join(full, 'bench.json'), '{}');
  await t.rejects(openBench(variants, asked({ ...shm0, out: full })), {
    message: `${full}/bench.json is not a p2plab.bench/1 document: ✖ Invalid input: expected "p2plab.bench/1"`,
  });
});

t.test('a mistake leaves no folder behind', async (t) => {
  const out = path.join(t.testdir(), 'bench');
  await t.rejects(benchVariants(copy, asked({ out, set: { size: 'x', provider: 'shm0' } })));
  t.notOk(existsSync(out));
});
