import path from 'node:path';
import t from 'tap';
import { loadBench } from '../../benchmark/bench-document.js';
import { packageRoot } from '../../common/paths.js';
import { p2plab } from '../run-p2plab.test.support.js';

t.test('a kernel that does 1 % more for each I/O is called worse, and the function is named', async (t) => {
  const dir = path.join(t.testdir(), 'bench');
  const env = { XDG_STATE_HOME: path.join(t.testdir(), 'state') };
  const scenario = path.join(packageRoot, 'harness/bench/power.yaml');
  const patch = path.join(packageRoot, 'kernels/power/map-segment-1.patch');
  const asked = ['bench', scenario, '--patch', patch, '--kind', 'exact', '--fail-if-worse', '--out', dir];
  const ran = await p2plab(asked, { env });
  t.equal(ran.exitCode, 1, `${ran.stdout}\n${ran.stderr}`);
  t.match(ran.stdout, /^pci_p2pdma_map_segment +p2pmem +68\.0 +\d+\.\d +\+\d+\.\d$/m);
  const { comparisons, pairs, ended } = (await loadBench(dir))!;
  t.match({ pairs, ended }, { pairs: 2, ended: 'resolved' });
  const cost = comparisons.find(({ metric }) => metric === 'instructions/IO')!;
  t.equal(cost.verdict, 'worse');
  t.ok(cost.change!.estimate > 0.7 && cost.change!.estimate < 1.5, cost.words);
});
