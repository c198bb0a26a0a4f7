import { writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import type { Scenario } from '../scenario/scenario.js';
import type { Cell } from './grid.js';
import { hashOfFile, keyOf, knownCell, rememberCell, type ResultKey } from './known-results.js';

const key = (over: Partial<ResultKey> = {}) =>
  keyOf({
    imageHash: 'aa',
    rootfsId: 'r',
    harness: '1',
    accelerator: 'tcg',
    controls: true,
    scenario: { file: 'a.yaml', name: 'copy', variant: { provider: 'shm0' } } as unknown as Scenario,
    ...over,
  });
const pass: Cell = { outcome: 'pass', reasons: [], folder: 'x' };

t.test('a result is found again by the kernel image, wherever the scenario file lies', async (t) => {
  const dir = t.testdir();
  await rememberCell(key(), pass, dir);
  const scenario = { file: 'b.yaml', name: 'copy', variant: { provider: 'shm0' } } as unknown as Scenario;
  t.same(await knownCell(key({ scenario }), dir), pass);
  t.equal(await knownCell(key({ imageHash: 'bb' }), dir), undefined);
  t.equal(await knownCell(key({ controls: false }), dir), undefined);
});

t.test('trouble of the host and failures that come and go are not kept', async (t) => {
  const dir = t.testdir();
  await rememberCell(key(), { outcome: 'broken', reasons: [] }, dir);
  await rememberCell(key(), { outcome: 'fail', reasons: ['x'], tries: { failed: 1, of: 3 } }, dir);
  t.equal(await knownCell(key(), dir), undefined);
  await rememberCell(key(), { outcome: 'fail', reasons: ['x'], tries: { failed: 3, of: 3 } }, dir);
  t.match(await knownCell(key(), dir), { outcome: 'fail' });
});

t.test('a record that was cut off is none', async (t) => {
  const dir = t.testdir({ cells: {} });
  writeFileSync(path.join(dir, 'cells', `${key()}.json`), '{"outc');
  t.equal(await knownCell(key(), dir), undefined);
});

t.test('the hash of a file is that of its content', async (t) => {
  const dir = t.testdir({ a: 'x', b: 'x', c: 'y' });
  const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((name) => hashOfFile(path.join(dir, name))));
  t.equal(a, b);
  t.not(a, c);
});
