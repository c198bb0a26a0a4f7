import path from 'node:path';
import t from 'tap';
import { packageRoot } from '../common/paths.js';
import { p2plab, qemusOf, readRun } from './run-p2plab.test.support.js';

// Faults that a patch could bring, put into the kernel: each must fail, for a reason that names the right evidence.

type Fault = { patch: string; scenario: string; reason: RegExp };

const faults: Fault[] = [
  {
    patch: 'leak-one-page-on-free',
    scenario: 'nvmeof-rdma-p2p',
    reason: /^available of shm0 is \d+ B short after step write; \d+ pages leaked$/,
  },
  {
    patch: 'nvmet-ignores-p2pmem',
    scenario: 'nvmeof-rdma-p2p',
    reason: /^0 % of nvme1's data went through shm0's BAR in step write: ram 25165824 B$/,
  },
  {
    patch: 'p2p-read-wrong-offset',
    scenario: 'nvme-copy-p2p',
    reason: /^step read \(fio\) ended with .*verify/,
  },
  {
    patch: 'corrupt-above-64k',
    scenario: 'nvme-copy-p2p',
    reason: /^step read \(fio\) ended with .*verify/,
  },
  {
    patch: 'free-keeps-page-map',
    scenario: 'nvmeof-rdma-p2p',
    reason: /^unbinding and binding shm0 hangs: \S+ blocked in the kernel$/,
  },
  {
    patch: 'nvmet-keeps-provider',
    scenario: 'nvmeof-rdma-p2p',
    reason: /^the PCI device of shm0 has 1 more references, nobody gave them back: \d+ before/,
  },
  {
    patch: 'oops-in-transfer',
    scenario: 'nvme-copy-p2p',
    reason:
      /^BUG: kernel NULL pointer dereference.* in pci_p2pdma_map_segment \(drivers\/pci\/p2pdma\.c:\d+\).*step write/,
  },
];

for (const { patch, scenario, reason } of faults) {
  t.test(`a kernel with ${patch} fails ${scenario}, and the first reason says what broke`, async (t) => {
    const dir = path.join(t.testdir(), 'run');
    const file = path.join(packageRoot, 'kernels/mutants', `${patch}.patch`);
    const which = [scenario, '--set', 'provider=shm0', '--patch', file];
    const { exitCode, stdout, stderr } = await p2plab(['run', ...which, '--install-packages', '--out', dir]);
    t.equal(exitCode, 1, `${String(stdout)}\n${String(stderr)}`);
    const [result] = readRun(dir).results;
    t.equal(result?.outcome, 'fail');
    t.match(result?.reasons[0], reason);
    t.strictSame(qemusOf(dir), []);
  });
}
