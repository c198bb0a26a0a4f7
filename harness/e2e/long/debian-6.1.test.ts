import path from 'node:path';
import t from 'tap';
import { cacheDir } from '../../common/paths.js';
import { installPackages } from '../../host/packages.js';
import { scenarioTitle } from '../../scenario/scenario.js';
import { p2plab, qemusOf, readRun } from '../run-p2plab.test.support.js';

t.test("Debian 12's own kernel: what it cannot do is skipped with the reason, nothing fails", async (t) => {
  const { signal } = new AbortController();
  await installPackages(['linux-source-6.1'], path.join(cacheDir(), 'logs', 'apt-6.1.log'), signal);
  const dir = path.join(t.testdir(), 'run');
  const { stdout } = await p2plab(['run', '--kernel', 'debian-6.1', '--jobs', '2', '--out', dir]);
  const { results, kernels } = readRun(dir);
  t.match(kernels[0]?.release, /^6\.1\./);
  const others = results.filter(({ outcome }) => outcome !== 'pass' && outcome !== 'skip');
  t.strictSame(
    others.map((r) => [scenarioTitle(r.scenario, r.variant), r.outcome, r.reasons]),
    [],
    stdout,
  );
  const passed = results.filter(({ outcome }) => outcome === 'pass');
  t.ok(passed.length > 0, 'something is left that it can do');
  const unexplained = results.filter(({ outcome, reasons }) => outcome === 'skip' && reasons.length === 0);
  t.strictSame(unexplained, []);
  t.strictSame(qemusOf(dir), []);
});
