import t from 'tap';
import { sleep } from './common/deadline.js';
import { Interrupted } from './common/errors.js';
import { mapUntil } from './map-until.js';

type Item = { n: number };
const items = (...numbers: number[]): Item[] => numbers.map((n) => ({ n }));
const jobs = (most: number) => (waiting: readonly Item[], running: readonly Item[]) =>
  running.length < most ? waiting[0] : undefined;
const signal = new AbortController().signal;
const forever = 2 ** 30;

t.test('all results, in the order of the items, whatever they are begun in', async (t) => {
  const begun: number[] = [];
  const double = async ({ n }: Item) => {
    begun.push(n);
    await sleep(n === 3 ? 5 : 0, signal);
    return 2 * n;
  };
  const next = (waiting: readonly Item[], running: readonly Item[]) =>
    running.length < 2 ? waiting.at(-1) : undefined;
  t.strictSame(await mapUntil(items(1, 2, 3), double, { next, signal }), [2, 4, 6]);
  t.strictSame(begun, [3, 2, 1]);
});

t.test('what may never begin by its own begins when nothing else goes on', async (t) => {
  t.strictSame(await mapUntil(items(1, 2), async ({ n }) => n, { next: () => undefined, signal }), [1, 2]);
});

t.test('nothing starts once there is enough', async (t) => {
  const begun: number[] = [];
  const work = async ({ n }: Item) => {
    begun.push(n);
    return n;
  };
  const options = { next: jobs(1), until: (n: number) => n === 2, signal };
  t.strictSame(await mapUntil(items(1, 2, 3, 4), work, options), [1, 2]);
  t.strictSame(begun, [1, 2]);
});

t.test('what runs beside it is cut off, and has no result', async (t) => {
  const work = async ({ n }: Item, stop: AbortSignal) => {
    if (n === 1) await sleep(forever, stop);
    return n;
  };
  t.strictSame(await mapUntil(items(1, 2, 3), work, { next: jobs(2), until: (n) => n === 2, signal }), [2]);
});

t.test('an interruption is none of a cut', async (t) => {
  const stop = new AbortController();
  const work = async ({ n }: Item, signal: AbortSignal) => {
    if (n === 1) stop.abort();
    await sleep(forever, signal);
  };
  const options = { next: jobs(1), until: () => true, signal: stop.signal };
  await t.rejects(mapUntil(items(1), work, options), Interrupted);
});

t.test('an error that nobody cut off is thrown, when what ran beside it is cleared away', async (t) => {
  let cleared = false;
  const work = async ({ n }: Item, stop: AbortSignal) => {
    if (n === 2) throw new Error('no disk');
    await sleep(forever, stop).finally(() => (cleared = true));
  };
  await t.rejects(mapUntil(items(1, 2, 3), work, { next: jobs(2), signal }), { message: 'no disk' });
  t.ok(cleared);
});
