import { appendFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { historyFile, readHistory, readHistoryOf } from './history.js';
import type { Result } from './run-document.js';

const result = (wallMs?: number): Result =>
  ({
    kernel: 'k',
    outcome: 'pass',
    phases: wallMs === undefined ? {} : { bootMs: 3000, wallMs },
  }) as Partial<Result> as Result;

t.test('what a variant took is remembered', async (t) => {
  const dir = path.join(t.testdir(), 'state');
  const file = historyFile(dir);
  await file.on({ type: 'finished', title: 'copy [provider=shm0]', result: result(8000) });
  t.match(await readHistory(dir), [
    { title: 'copy [provider=shm0]', kernel: 'k', outcome: 'pass', bootMs: 3000, wallMs: 8000 },
  ]);
});

t.test('a skip took no time', async (t) => {
  const dir = t.testdir();
  await historyFile(dir).on({ type: 'finished', title: 'copy', result: result() });
  t.same(await readHistory(dir), []);
});

t.test('of the variants that are asked for, and lines of any kind are no error', async (t) => {
  const dir = t.testdir();
  for (const title of ['copy [provider=shm0]', 'copy', 'copy [provider=nvme0]'])
    await historyFile(dir).on({ type: 'finished', title, result: result(1) });
  appendFileSync(path.join(dir, 'history.jsonl'), 'null\n5\n{"title":"copy"}\n');
  const asked = [
    { name: 'copy', variant: { provider: 'nvme0' } },
    { name: 'copy', variant: {} as Record<string, string> },
  ];
  t.strictSame(
    (await readHistoryOf(asked, dir)).map(({ title }) => title),
    ['copy', 'copy [provider=nvme0]'],
  );
});

t.test('the memory of all its machines is remembered, of a pass that can be told from others', async (t) => {
  const dir = t.testdir();
  const file = historyFile(dir);
  const peaks = {
    ...result(8000),
    peakMemoryBytes: { target: 170, host: 30 },
    processorSeconds: { target: 3.5, host: 0.25 },
  };
  await file.on({ type: 'finished', title: 'a', result: peaks, workId: '0a' });
  await file.on({ type: 'finished', title: 'b', result: peaks });
  await file.on({ type: 'finished', title: 'c', result: { ...peaks, outcome: 'fail' }, workId: '0a' });
  const remembered = await readHistory(dir);
  t.match(remembered[0], { title: 'a', workId: '0a', peakMemoryBytes: 200, processorSeconds: 3.75 });
  for (const entry of remembered.slice(1)) t.notMatch(entry, { peakMemoryBytes: Number });
});

t.test('no file, and lines that are none, are no error', async (t) => {
  const dir = t.testdir({});
  t.same(await readHistory(dir), []);
  await historyFile(dir).on({ type: 'finished', title: 'a', result: result(1) });
  appendFileSync(path.join(dir, 'history.jsonl'), '{"half":\n');
  t.equal((await readHistory(dir)).length, 1);
});

t.test('the file does not grow without end', async (t) => {
  const line = JSON.stringify({
    at: '2026-11-26T00:00:00.000Z',
    title: 'a',
    kernel: 'k',
    outcome: 'pass',
    wallMs: 1,
  });
  const dir = t.testdir({ 'history.jsonl': `${line}\n`.repeat(60_000) });
  await historyFile(dir).on({ type: 'finished', title: 'b', result: result(1) });
  const lines = readFileSync(path.join(dir, 'history.jsonl'), 'utf8').trim().split('\n');
  t.equal(lines.length, 30_000);
  t.match(lines.at(-1), /"title":"b"/);
});
