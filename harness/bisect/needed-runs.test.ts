import fc from 'fast-check';
import t from 'tap';
import { acceptedRisk, neededRuns, riskOfLuck } from './needed-runs.js';

t.test('after one run that failed nothing is sure', async (t) => {
  t.equal(riskOfLuck({ failed: 1, tried: 1 }, 0), 1);
  t.equal(riskOfLuck({ failed: 1, tried: 1 }, 1).toFixed(4), '0.3333'); // the mean of 1 - rate over Beta(2, 1)
  t.equal(riskOfLuck({ failed: 3, tried: 3 }, 2).toFixed(4), '0.0667');
});

t.test('the rarer the failure, the more runs', async (t) => {
  t.equal(neededRuns({ failed: 5, tried: 5 }), 4);
  t.equal(neededRuns({ failed: 3, tried: 3 }), 5);
  t.equal(neededRuns({ failed: 3, tried: 4 }), 8);
  t.equal(neededRuns({ failed: 3, tried: 15 }), 32);
});

t.test('one run less would not do, and better knowledge never costs more', async () => {
  const measured = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 20 }));
  fc.assert(
    fc.property(measured, ([failed, passed]) => {
      const tried = failed + passed;
      const runs = neededRuns({ failed, tried });
      const risk = (n: number) => riskOfLuck({ failed, tried }, n);
      return (
        risk(runs) < acceptedRisk &&
        (runs === 1 || risk(runs - 1) >= acceptedRisk) &&
        neededRuns({ failed: failed + 1, tried: tried + 1 }) <= runs
      );
    }),
  );
});
