import path from 'node:path';
import t from 'tap';
import { findBundles } from './bundle.js';
import { choiceText, otherHarnesses, otherHarnessText } from './choice-text.js';
import { chooseBundles } from './choose-bundles.js';
import { damage, harness, job, planOf, writeBundle } from './sample.test.support.js';

const plan = planOf([job(1), job(2), job(3)]);

t.test('what is missing, damaged, doubled or of another version is told', async (t) => {
  const dir = t.testdir();
  const at = (name: string) => path.join(dir, name);
  await writeBundle(at('a/one'), job(1));
  await writeBundle(at('b/one'), job(1));
  await writeBundle(at('b/two'), job(2));
  damage(at('b/two/results/copy.n=2/evidence.json'));
  const old = { version: '0.0.9', code: 'fedcba9876543210' };
  await writeBundle(at('c/three'), job(3, { id: 'run-ffffffffffffffff' }), {}, { harness: old });
  await writeBundle(at('c/four'), job(4));
  const choice = chooseBundles(plan, await findBundles([dir]));
  t.same(
    choice.chosen.map((bundle) => path.relative(dir, bundle.dir)),
    ['a/one'],
  );
  t.equal(
    choiceText(choice).replaceAll(`${dir}/`, ''),
    [
      'missing: copy [n=2] (run-0000000000000002)',
      'missing: copy [n=3] (run-0000000000000003)',
      'duplicate: copy [n=1] ran 2 times, each pass; a/one counts',
      'left out: copy [n=4] in c/four: the plan has no such job',
      'left out: copy [n=3] in c/three: of p2plab 0.0.9 (fedcba9876543210), the plan is of 0.1.0 (0123456789abcdef)',
      'damaged, left out: b/two: results/copy.n=2/evidence.json has changed',
      '',
    ].join('\n'),
  );
});

t.test('a failure is not taken back by a second run, and what the host broke says least', async (t) => {
  const dir = t.testdir();
  const at = (name: string) => path.join(dir, name);
  await writeBundle(at('1'), job(1), { outcome: 'broken' });
  await writeBundle(at('2'), job(1), { outcome: 'pass' });
  await writeBundle(at('3'), job(1), { outcome: 'fail' });
  const { chosen, ...rest } = chooseBundles(planOf([job(1)]), await findBundles([dir]));
  t.same(
    chosen.map((bundle) => bundle.dir),
    [at('3')],
  );
  t.match(choiceText({ chosen, ...rest }), /ran 3 times and is not stable: fail, pass, broken; /);
});

t.test('bundles of another kernel, image or text of the scenario are left out and say so', async (t) => {
  const dir = t.testdir();
  const id = 'run-ffffffffffffffff';
  const others = [
    job(1, { id, kernel: 'kernel-ffffffffffffffff' }),
    job(1, { id, image: 'image-ffffffffffffffff' }),
    job(1, { id }),
  ];
  for (const [n, other] of others.entries())
    await writeBundle(path.join(dir, `${n}`), other, {}, { harness });
  const { foreign } = chooseBundles(plan, await findBundles([dir]));
  t.same(
    foreign.map(({ why }) => why),
    [
      'on kernel-ffffffffffffffff, the plan has kernel-0123456789abcdef',
      'with image-ffffffffffffffff, the plan has image-fedcba9876543210',
      'of another text of the scenario, or run with other settings',
    ],
  );
});

t.test(
  'bundles that another p2plab made than this one are told of, also where the plan is of that one',
  async (t) => {
    const dir = t.testdir();
    for (const n of [1, 2, 3]) await writeBundle(path.join(dir, `${n}`), job(n));
    await writeBundle(path.join(dir, 'old'), job(1), {}, { harness: { ...harness, version: '0.0.9' } });
    const choice = chooseBundles(plan, await findBundles([dir]));
    t.same(choice.missing, []);
    const ours = { version: '0.2.0', code: 'fedcba9876543210' };
    t.equal(
      otherHarnessText(otherHarnesses(choice, ours)),
      'of another p2plab: 3 of 4 bundles, judged by 0.1.0 (0123456789abcdef); this is 0.2.0 (fedcba9876543210)\n' +
        'of another p2plab: 1 of 4 bundles, judged by 0.0.9 (0123456789abcdef); this is 0.2.0 (fedcba9876543210)\n',
    );
    t.same(otherHarnesses(chooseBundles(plan, await findBundles([path.join(dir, '2')])), harness), []);
  },
);
