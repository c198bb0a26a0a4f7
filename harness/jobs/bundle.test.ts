import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { findBundles, readBundle } from './bundle.js';
import { damage, job, writeBundle } from './sample.test.support.js';

t.test('a finished bundle is what it was', async (t) => {
  const dir = await writeBundle(path.join(t.testdir(), 'b'), job(1));
  const bundle = await readBundle(dir);
  t.match(bundle, { dir, document: { job: job(1), outcome: 'pass' } });
  t.same(Object.keys(bundle!.document!.files), [
    'events.jsonl',
    'results/copy.n=1/evidence.json',
    'run.json',
    'run.tap',
  ]);
});

t.test('a half-made bundle is none', async (t) => {
  const dir = await writeBundle(path.join(t.testdir(), 'b'), job(1));
  rmSync(path.join(dir, 'job.json'));
  t.equal(await readBundle(dir), undefined);
});

const problems: Record<string, (dir: string) => void> = {
  'run.tap has changed': (dir) => damage(path.join(dir, 'run.tap')),
  'run.json is missing': (dir) => rmSync(path.join(dir, 'run.json')),
  'results/copy.n=1/extra.log was added after the job had ended: move it elsewhere': (dir) =>
    writeFileSync(path.join(dir, 'results/copy.n=1/extra.log'), ''),
  'results/passwd was added after the job had ended: move it elsewhere': (dir) =>
    symlinkSync('/etc/passwd', path.join(dir, 'results/passwd')),
  'job.json is no JSON': (dir) => writeFileSync(path.join(dir, 'job.json'), '{"sch'),
  'job.json is of schema p2plab.bundle/2': (dir) =>
    writeFileSync(path.join(dir, 'job.json'), '{"schema":"p2plab.bundle/2"}'),
};
for (const [problem, make] of Object.entries(problems)) {
  t.test(`not to be trusted: ${problem}`, async (t) => {
    const dir = await writeBundle(path.join(t.testdir(), 'b'), job(1));
    make(dir);
    t.same(await readBundle(dir), { dir, problem });
  });
}

t.test('bundles are found where CI systems unpack them, each once', async (t) => {
  const dir = t.testdir();
  await writeBundle(path.join(dir, 'artifacts/bundles-0/run-1'), job(1));
  await writeBundle(path.join(dir, 'artifacts/bundles-1/run-2'), job(2));
  const found = await findBundles([dir, path.join(dir, 'artifacts')]);
  t.same(
    found.map((bundle) => path.basename(bundle.dir)),
    ['run-1', 'run-2'],
  );
});
