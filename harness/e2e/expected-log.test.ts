import { readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { p2plab, readRun, testScenario } from './run-p2plab.test.support.js';

const run = (scenario: string, dir: string) =>
  p2plab(['run', testScenario(scenario), '--install-packages', '--out', dir]);

t.test('a panic that the scenario expects is a pass, told with file and line', async (t) => {
  const dir = path.join(t.testdir(), 'run');
  const { exitCode, stdout } = await run('expected-panic', dir);
  t.equal(exitCode, 0, stdout);
  const [result] = readRun(dir).results;
  t.strictSame(result?.reasons, []);
  const finding = result?.evidence.findings[0];
  t.match(finding, {
    machine: 'host',
    pattern: 'panic',
    title: 'Kernel panic - not syncing: sysrq triggered crash',
    where: /^drivers\/tty\/sysrq\.c:\d+$/,
    step: 'crash',
  });
  const text = readFileSync(path.join(dir, 'results/expected-panic/host', finding?.file ?? ''), 'utf8');
  t.match(text, /^sysrq_handle_crash \(drivers\/tty\/sysrq\.c:\d+.*\)/m);
});

t.test('what is allowed passes, and fails where it is not', async (t) => {
  const dir = path.join(t.testdir(), 'run');
  const { exitCode, stdout } = await run('allowed-log', dir);
  t.equal(exitCode, 1, stdout);
  const outcomes = readRun(dir).results.map(({ variant, outcome, reasons }) => [
    variant.allowed,
    outcome,
    ...reasons,
  ]);
  t.match(outcomes, [
    ['warning', 'pass'],
    ['oops', 'fail', /^WARNING: a text of userland during step say, console line \d+$/],
  ]);
});
