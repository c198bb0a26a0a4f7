import { writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import type { Scenario } from '../scenario/scenario.js';
import {
  harnessHash,
  hashOfFile,
  hashOfTree,
  keyOf,
  knownResult,
  rememberResult,
  type KnownResult,
  type ResultKey,
} from './known-results.js';

const key = (over: Partial<ResultKey> = {}) =>
  keyOf({
    imageHash: 'aa',
    rootfsId: 'r',
    harness: '1',
    machine: 'qemu 7.2.22 tcg',
    files: [],
    controls: true,
    scenario: { file: 'a.yaml', name: 'copy', variant: { provider: 'shm0' } } as unknown as Scenario,
    ...over,
  });
const pass: KnownResult = { booted: true, cell: { outcome: 'pass', reasons: [], folder: '/x' } };
const failed = (failed: number, of: number, broken = 0): KnownResult => {
  const outcome = failed < of ? 'flaky' : 'fail';
  return { booted: true, cell: { outcome, reasons: ['x'], tries: { failed, of, broken } } };
};

t.test('a result is found again by the kernel image, wherever the scenario file lies', async (t) => {
  const dir = t.testdir();
  t.ok(await rememberResult(key(), pass, dir));
  const scenario = { file: 'b.yaml', name: 'copy', variant: { provider: 'shm0' } } as unknown as Scenario;
  t.same(await knownResult(key({ scenario }), dir), pass);
  t.equal(await knownResult(key({ imageHash: 'bb' }), dir), undefined);
  t.equal(await knownResult(key({ controls: false }), dir), undefined);
  t.equal(await knownResult(key({ files: ['cc'] }), dir), undefined);
});

t.test('what is not certain is not kept', async (t) => {
  const dir = t.testdir();
  const broken: KnownResult = { booted: false, cell: { outcome: 'broken', reasons: [] } };
  for (const known of [broken, failed(1, 3), failed(1, 1), failed(3, 3, 1)])
    t.notOk(await rememberResult(key(), known, dir));
  t.equal(await knownResult(key(), dir), undefined);
  t.ok(await rememberResult(key(), failed(3, 3), dir));
  t.match(await knownResult(key(), dir), { cell: { outcome: 'fail' } });
});

t.test('a record that was cut off is none', async (t) => {
  const dir = t.testdir({ cells: {} });
  writeFileSync(path.join(dir, 'cells', `${key()}.json`), '{"outc');
  t.equal(await knownResult(key(), dir), undefined);
});

t.test('the hash of a file or folder is that of its content', async (t) => {
  const dir = t.testdir({ a: 'x', b: 'x', c: 'y', d: { a: 'x' }, e: { a: 'x' }, f: { b: 'x' } });
  const hashes = (names: string[]) => Promise.all(names.map((name) => hashOfTree(path.join(dir, name))));
  const [a, b, c, d, e, f] = await hashes(['a', 'b', 'c', 'd', 'e', 'f']);
  t.equal(a, b);
  t.not(a, c);
  t.equal(d, e);
  t.not(d, f, 'the names count');
  t.equal(a, await hashOfFile(path.join(dir, 'a')));
});

t.test("p2plab's own code counts, its tests do not", async (t) => {
  const dist = t.testdir({ 'a.js': '1', 'a.test.js': '1' });
  const before = await harnessHash(dist);
  writeFileSync(path.join(dist, 'a.test.js'), '2');
  t.equal(await harnessHash(dist), before);
  writeFileSync(path.join(dist, 'a.js'), '2');
  t.not(await harnessHash(dist), before);
});
