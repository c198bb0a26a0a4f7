import t from 'tap';
import { DoesNotBuild, HarnessError } from '../common/errors.js';
import { tryCommit, type Attempt, type BisectLab, type Tries } from './try-commit.js';

type Outcome = Attempt['outcome'];

async function of(outcomes: (Outcome | Error)[], tries: Tries) {
  const said: string[] = [];
  const lab: BisectLab = {
    async attempt(_, number) {
      const outcome = outcomes[number - 1]!;
      if (outcome instanceof Error) throw outcome;
      return {
        outcome,
        reasons: outcome === 'pass' ? [] : [`${outcome} ${number}`],
        folder: `run-${number}`,
      };
    },
    tell: (line) => said.push(line),
  };
  const { commit: _, ...report } = await tryCommit('c', tries, lab);
  return { ...report, said };
}

t.test('it is good when it passes as often as is wanted', async (t) => {
  t.match(await of(['pass', 'pass'], { runs: 2 }), { verdict: 'good', tried: 2, failed: 0, folder: 'run-2' });
});

t.test('one failure is enough, whatever was before', async (t) => {
  const report = await of(['pass', 'fail'], { runs: 5 });
  t.match(report, { verdict: 'bad', tried: 2, failed: 1, reasons: ['fail 2'], folder: 'run-2' });
  t.same(report.said, ['  run 1: pass', '  run 2: fail: fail 2']);
});

t.test('to measure how often it fails it goes on', async (t) => {
  const report = await of(['fail', 'pass', 'fail', 'pass'], { runs: 4, failures: 3 });
  t.match(report, { verdict: 'bad', tried: 4, failed: 2, reasons: ['fail 1'] });
});

t.test('broken runs are done again and count for nothing', async (t) => {
  t.match(await of(['broken', 'pass', 'broken', 'pass'], { runs: 2 }), {
    verdict: 'good',
    tried: 2,
    broken: 2,
  });
  const report = await of(['pass', 'broken', 'broken', 'broken'], { runs: 2 });
  t.match(report, { verdict: 'untestable', outcome: 'broken', reasons: ['broken 2'] });
});

t.test('what is skipped, or does not build, cannot be told', async (t) => {
  t.match(await of(['skip'], { runs: 2 }), { verdict: 'untestable', outcome: 'skip', reasons: ['skip 1'] });
  const doesNotBuild = new DoesNotBuild('scenario', 'compiling x failed: a.c:1: error\nmore', { remedy: '' });
  t.match(await of([doesNotBuild], { runs: 2 }), {
    verdict: 'untestable',
    outcome: 'does not build',
    said: ['  compiling x failed: a.c:1: error'],
  });
});

t.test('what the machine is to blame for ends everything', async (t) => {
  const full = new HarnessError('host', 'the disk is full', { remedy: '' });
  await t.rejects(of([full], { runs: 2 }), { message: 'the disk is full' });
});
