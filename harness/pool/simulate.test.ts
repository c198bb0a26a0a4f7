import fc from 'fast-check';
import t from 'tap';
import { simulate } from './simulate.js';

const none = { overheadSeconds: 0, buildSeconds: 0, fetchSeconds: 0 };

t.test('jobs are taken in order by whoever is free', (t) => {
  t.same(simulate([3, 1, 1, 4], { ...none, workers: 2 }), { makespanSeconds: 6, boundSeconds: 4.5 });
  t.same(simulate([2], { workers: 1, overheadSeconds: 1, buildSeconds: 10, fetchSeconds: 5 }), {
    makespanSeconds: 13,
    boundSeconds: 12,
  });
  t.end();
});

t.test('never shorter than the bound, nor longer than a list schedule can be', (t) => {
  const times = fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 80 });
  fc.assert(
    fc.property(times, fc.integer({ min: 1, max: 30 }), (seconds, workers) => {
      const { makespanSeconds, boundSeconds } = simulate(seconds, { ...none, workers });
      const sum = seconds.reduce((total, one) => total + one, 0);
      t.ok(makespanSeconds >= boundSeconds - 1e-9);
      t.ok(makespanSeconds <= sum / workers + Math.max(...seconds) * (1 - 1 / workers) + 1e-9);
    }),
    { numRuns: 60 },
  );
  t.end();
});
