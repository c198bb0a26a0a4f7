import t from 'tap';
import { exitCodeOfMutants, mutantsCommand } from './mutants-command.js';
import { plainTerminal } from './terminal.test.support.js';

const killed = { state: 'killed' as const };
const survived = { state: 'survived' as const };
const equivalent = { state: 'survived' as const, equivalent: 'never taken' };

t.test('exit codes: all killed, a survivor, one that could not be judged', async (t) => {
  t.equal(exitCodeOfMutants([killed, equivalent]), 0);
  t.equal(exitCodeOfMutants([killed, survived]), 1);
  for (const state of ['does-not-build', 'does-not-boot', 'broken'] as const)
    t.equal(exitCodeOfMutants([survived, { state }]), 3, state);
});

t.test('a kernel that is built already takes no mutant', async (t) => {
  const options = {
    ...{ kernel: t.testdir(), image: 'base', jobs: 1, accel: 'tcg' as const, controls: true },
    ...{ out: t.testdir(), baseline: true },
  };
  await t.rejects(mutantsCommand([], options, plainTerminal().terminal), {
    blame: 'scenario',
    message: /^--kernel .* is built already: no mutant can be put on top of it$/,
  });
});
