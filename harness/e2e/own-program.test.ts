import path from 'node:path';
import t from 'tap';
import { p2plab, readRun, testScenario } from './run-p2plab.test.support.js';

t.test('a C program of the user runs in a guest, and its KTAP is read', async (t) => {
  const dir = path.join(t.testdir(), 'run');
  const { exitCode, stdout, stderr } = await p2plab(['run', 'own-program', '--out', dir]);
  t.equal(exitCode, 0, `${String(stdout)}\n${String(stderr)}`);
  const [result] = readRun(dir).results;
  t.match(
    result?.checks.filter(({ name }) => name.startsWith('cmb: ')).map(({ name, got }) => `${name}: ${got}`),
    ['cmb: commands succeed: exit 0 of 1', 'cmb: failedTests: 0', 'cmb: missingTests: 0'],
  );
});

t.test('a program that fails is a failure, one that skips itself a skip', async (t) => {
  const dir = path.join(t.testdir(), 'run');
  const { exitCode } = await p2plab(['run', testScenario('own-exit'), '--out', dir]);
  t.equal(exitCode, 1);
  t.same(
    readRun(dir).results.map(({ outcome, reasons }) => [outcome, reasons]),
    [
      ['fail', ['1 test failed (step mine): exit 1']],
      ['skip', ['step mine skipped itself: it ended with exit code 4']],
    ],
  );
});
