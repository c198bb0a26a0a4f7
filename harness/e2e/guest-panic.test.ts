import path from 'node:path';
import t from 'tap';
import { p2plab, qemusOf, readRun, testScenario } from './run-p2plab.test.support.js';

t.test(
  'a guest that panics in a step: fail in seconds, with the panic first and what came before it kept',
  async (t) => {
    const dir = path.join(t.testdir(), 'run');
    const { exitCode, stdout } = await p2plab([
      'run',
      testScenario('panic'),
      '--install-packages',
      '--out',
      dir,
    ]);
    t.equal(exitCode, 1, stdout);
    const [result] = readRun(dir).results;
    t.equal(result?.outcome, 'fail');
    t.match(result?.reasons, [
      /^Kernel panic - not syncing: sysrq triggered crash \(drivers\/tty\/sysrq\.c:\d+\) during step crash, console line \d+$/,
      'the kernel of host panicked: sysrq triggered crash',
    ]);
    t.strictSame(
      result?.evidence.steps.map(({ name }) => name),
      ['before', 'crash'],
      'the step after it never ran',
    );
    t.ok(
      (result?.phases.wallMs ?? Infinity) < 60_000,
      'the step slept 60 s: the panic ended it, not a deadline',
    );
    t.strictSame(qemusOf(dir), []);
  },
);
