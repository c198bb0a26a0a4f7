import t from 'tap';
import { sleep } from './common/deadline.js';
import { Interrupted } from './common/errors.js';
import { mapUntil } from './map-until.js';

const signal = new AbortController().signal;
const forever = 2 ** 30;

t.test('all results, in the order of the items', async (t) => {
  const doubled = await mapUntil([1, 2, 3], async (n) => 2 * n, { jobs: 2, signal });
  t.strictSame(doubled, [2, 4, 6]);
});

t.test('nothing starts once there is enough', async (t) => {
  const begun: number[] = [];
  const work = async (n: number) => {
    begun.push(n);
    return n;
  };
  t.strictSame(await mapUntil([1, 2, 3, 4], work, { jobs: 1, until: (n) => n === 2, signal }), [1, 2]);
  t.strictSame(begun, [1, 2]);
});

t.test('what runs beside it is cut off, and has no result', async (t) => {
  const work = async (n: number, stop: AbortSignal) => {
    if (n === 1) await sleep(forever, stop);
    return n;
  };
  t.strictSame(await mapUntil([1, 2, 3], work, { jobs: 2, until: (n) => n === 2, signal }), [2]);
});

t.test('an interruption is none of a cut', async (t) => {
  const stop = new AbortController();
  const work = async (n: number, signal: AbortSignal) => {
    if (n === 1) stop.abort();
    await sleep(forever, signal);
  };
  await t.rejects(mapUntil([1], work, { jobs: 1, until: () => true, signal: stop.signal }), Interrupted);
});

t.test('an error that nobody cut off is thrown', async (t) => {
  const work = async () => {
    throw new Error('no disk');
  };
  await t.rejects(mapUntil([1], work, { jobs: 1, signal }), { message: 'no disk' });
});
