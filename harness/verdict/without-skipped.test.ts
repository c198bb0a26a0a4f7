import t from 'tap';
import type { Evidence } from '../evidence/evidence.js';
import { bareScenario } from '../scenario/bare.test.support.js';
import { judge } from './judge.js';

const pool = { size: 100 * 4096, available: 100 * 4096, published: 1 };

/** Two steps: one that skipped itself, and one after it that counts to 3. */
function evidence(available = pool.available, counted = 3): Evidence {
  const empty = { machine: 'host', ms: 1, commands: [], ledgers: {}, accounting: {}, bars: {} };
  const accounting = { before: { shm0: pool }, after: { shm0: pool } };
  const step = { ...empty, accounting, kind: 'own-test' };
  return {
    schema: 'p2plab.evidence/1',
    scenario: bareScenario({
      expect: [
        { type: 'value', of: 'early.passed', is: 7 },
        { type: 'data', steps: ['early'], drive: 'nvme1', through: 'shm0', atLeast: 1 },
        { type: 'value', of: 'late.count', is: 3 },
      ],
    }),
    machines: [
      {
        name: 'host',
        planned: { bridges: [], devices: [] },
        idle: { before: { shm0: pool }, after: { shm0: { ...pool, available } } },
        log: { findings: [], more: 0 },
      },
    ],
    steps: [
      { ...step, name: 'early', samples: [{ name: 'skip', value: 'no such option' }] },
      { ...step, name: 'late', samples: [{ name: 'count', value: counted }] },
    ],
    control: { state: 'off', steps: [] },
  };
}

t.test('a step that skipped itself excuses what is expected of it', async (t) => {
  const { outcome, reasons } = judge(evidence());
  t.equal(outcome, 'skip');
  t.strictSame(reasons, ['step early skipped itself: no such option']);
});

t.test('it excuses no leak', async (t) => {
  const { outcome, reasons } = judge(evidence(pool.available - 4096));
  t.equal(outcome, 'fail');
  t.match(reasons[0], /4096 B/);
  t.equal(reasons.at(-1), 'step early skipped itself: no such option');
});

t.test('it excuses nothing that is expected of another step', async (t) => {
  const { outcome, reasons } = judge(evidence(pool.available, 2));
  t.equal(outcome, 'fail');
  t.equal(reasons[0], 'late.count is 2, not 3');
});
