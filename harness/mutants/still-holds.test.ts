import t from 'tap';
import { variantId } from './choose-scenarios.js';
import { candidate, entry } from './sample.test.support.js';
import { stillHolds } from './still-holds.js';

const by = candidate('quick', 'copy', 5);
const other = candidate('other', 'copy', 5);
const killed = entry({ cause: { title: 'quick', variantId: variantId(by), check: 'c', reason: 'r' } });
const survived = entry({ state: 'survived', cause: undefined });
const now = { patchId: 'p', baseKernel: 'k', scenarios: 's', tried: [other, by] };

t.test('a kill holds whatever becomes of other variants', async (t) => {
  t.ok(stillHolds(killed, { ...now, scenarios: 'more' }));
  t.notOk(stillHolds(killed, { ...now, tried: [other] }));
});

t.test('having survived holds for the same variants only', async (t) => {
  t.ok(stillHolds(survived, now));
  t.notOk(stillHolds(survived, { ...now, scenarios: 'more' }));
});

t.test('another patch or another kernel is another mutant', async (t) => {
  for (const known of [killed, survived]) {
    t.notOk(stillHolds(known, { ...now, patchId: 'q' }));
    t.notOk(stillHolds(known, { ...now, baseKernel: 'l' }));
  }
});

t.test('what could not be judged is tried again', async (t) => {
  for (const state of ['does-not-build', 'does-not-boot', 'broken'] as const)
    t.notOk(stillHolds({ ...killed, state }, now), state);
});
