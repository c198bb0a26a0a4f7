import path from 'node:path';
import t from 'tap';
import { scenarioTitle } from '../../scenario/scenario.js';
import { p2plab, qemusOf, readRun } from '../run-p2plab.test.support.js';

t.test('the whole library passes on the kernels that it is for', async (t) => {
  const dir = path.join(t.testdir(), 'run');
  const { stdout } = await p2plab(['run', '--jobs', '2', '--install-packages', '--out', dir]);
  const { results } = readRun(dir);
  const others = results.filter(({ outcome }) => outcome !== 'pass');
  t.strictSame(
    others.map((r) => [scenarioTitle(r.scenario, r.variant), r.outcome, r.reasons]),
    [],
    stdout,
  );
  t.ok(results.length > 80, `${results.length} variants`);
  t.strictSame(qemusOf(dir), []);
});
