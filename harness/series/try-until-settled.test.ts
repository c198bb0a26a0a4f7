import t from 'tap';
import { HarnessError } from '../common/errors.js';
import type { Try } from './tries.js';
import { tryUntilSettled } from './try-until-settled.js';

const outcomes = { p: 'pass', f: 'fail', s: 'skip', b: 'broken' } as const;
const tryOf = (letter: string): Try => {
  return { outcome: outcomes[letter as keyof typeof outcomes], reasons: [], booted: true, folder: '' };
};
const limits = { retries: 4, retryMs: 60_000, signal: new AbortController().signal };

/** Items are what their tries will say, letter by letter; returns who was tried in each round. */
async function tried(items: string[], over: Partial<typeof limits> = {}) {
  const rounds: string[][] = [];
  const attempt = async (open: readonly string[]) => {
    rounds.push([...open]);
    return open.map((item) =>
      item[rounds.length - 1] === '-' ? undefined : tryOf(item[rounds.length - 1]!),
    );
  };
  const tries = await tryUntilSettled(items, attempt, { ...limits, ...over });
  return { rounds, counts: items.map((item) => tries.get(item)!.length) };
}

t.test('only what is not settled is tried again', async (t) => {
  t.same(await tried(['p', 'fff', 'bp', 's']), {
    rounds: [['p', 'fff', 'bp', 's'], ['fff', 'bp'], ['fff']],
    counts: [1, 3, 2, 1],
  });
});

t.test('what fails now and then is counted until the retries are used up', async (t) => {
  t.same((await tried(['fpppp'])).counts, [5]);
  t.same((await tried(['ff'], { retries: 1 })).counts, [2]);
  t.same((await tried(['f'], { retries: 0 })).counts, [1]);
});

t.test('no try is begun after the deadline', async (t) => {
  t.same((await tried(['f'], { retryMs: 0 })).counts, [1]);
});

t.test('what is thrown is not tried again', async (t) => {
  let count = 0;
  const attempt = async () => {
    count++;
    throw new HarnessError('host', 'no QEMU', { remedy: 'install it' });
  };
  await t.rejects(tryUntilSettled(['a'], attempt, limits), { message: 'no QEMU' });
  t.equal(count, 1);
});

t.test('a signal ends it', async (t) => {
  const stop = new AbortController();
  const attempt = async () => {
    stop.abort();
    return [tryOf('f')];
  };
  await t.rejects(tryUntilSettled(['a'], attempt, { ...limits, signal: stop.signal }), {
    name: 'Interrupted',
  });
});

t.test('where there can be no more tries, none is asked for', async (t) => {
  t.same(await tried(['f-', '-', 'ffp-']), {
    rounds: [['f-', '-', 'ffp-'], ['f-', 'ffp-'], ['ffp-'], ['ffp-']],
    counts: [1, 0, 3],
  });
});
