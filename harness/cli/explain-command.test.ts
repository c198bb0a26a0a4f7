import t from 'tap';
import { HarnessError } from '../common/errors.js';
import { ivshmem, machine, MiB, nic, nvme, scenario } from '../plan/sample.test.support.js';
import { explainScenario } from './explain-command.js';

const host = machine({ type: 'switch', ports: [nvme('nvme0', 32 * MiB), nvme('nvme1'), ivshmem('shm0')] });
const sample = scenario({ host, other: machine(nic('eth1', 'lan'), ivshmem('shm9')) });

t.test('a pair: its path, the rule that decides and the distance', async (t) => {
  t.equal(
    explainScenario(sample, { from: 'nvme1', to: 'shm0' }),
    `machine host: CPU EPYC (AuthenticAMD family 0x17 under TCG), ACS redirection: none

nvme1 → shm0: distance 4, bus address
  nvme1 (0000:04:00.0) - sw0-dp1 - sw0 - sw0-dp2 - shm0 (0000:05:00.0)
  rule: sw0 is above both, and no bridge on the path redirects requests or completions (ACS) (drivers/pci/p2pdma.c, pci_bridge_has_acs_redir, Linux 6.12)
`,
  );
});

t.test('a drive and its own memory', async (t) => {
  t.match(
    explainScenario(sample, { from: 'nvme0', to: 'nvme0' }),
    '\nnvme0 → nvme0: distance 0, bus address\n  nvme0 (0000:03:00.0)\n',
  );
});

t.test('one device: the paths from it and to it', async (t) => {
  const text = explainScenario(sample, { from: 'nvme0' });
  t.strictSame(text.match(/^\S+ → \S+:/gm), ['nvme0 → nvme0:', 'nvme0 → shm0:', 'nvme1 → nvme0:']);
});

t.test('all: every machine, and whom the kernel chooses', async (t) => {
  const text = explainScenario(sample, {});
  t.match(text, '\nmachine other: CPU EPYC');
  t.match(
    text,
    "\nthe kernel's choice for nvme0 alone: nvme0 (distance 0)\n" +
      "the kernel's choice for nvme1 alone: nvme0 or shm0 (distance 4), at random (pci_p2pmem_find_many)\n",
  );
});

t.test('what nvmet chooses is told by step and namespace', async (t) => {
  const fabric = machine({ type: 'switch', ports: [nvme('nvme1'), nic('fab0', 'fabric'), ivshmem('shm0')] });
  const params = { transport: 'rdma', nic: 'fab0', namespaces: [{ drive: 'nvme1', p2pmem: 'auto' }] };
  const steps = [{ name: 'export', kind: 'nvmet-export', machine: 'target', params }];
  t.match(
    explainScenario(scenario({ target: fabric }, { steps }), {}),
    '\nnvmet, step export, namespace 1 (nvme1): shm0 (distance 8); p2pmem=1, together for fab0 and nvme1\n',
  );
});

t.test('an unknown CPU is not guessed', async (t) => {
  const apart = { ...machine(nvme('nvme0'), ivshmem('shm0')), cpu: 'EPYC-Venice' };
  const text = explainScenario(scenario({ host: apart }), {});
  t.match(text, 'machine host: CPU EPYC-Venice (unknown), ACS redirection: none\n');
  t.match(text, 'nvme0 → shm0: distance 4, unknown\n');
  t.match(text, "the kernel's choice for nvme0 alone: none or perhaps shm0\n");
});

t.test('a machine without peer memory has nothing to explain', async (t) => {
  const bare = scenario({ host: machine(nvme('nvme0')) });
  t.equal(explainScenario(bare, {}), 'no machine has a client and a provider of peer memory\n');
});

const failure = (from: string, to?: string) => {
  try {
    explainScenario(sample, { from, to });
  } catch (error) {
    if (error instanceof HarnessError) return [error.blame, error.message, error.remedy];
  }
  return undefined;
};

t.test('an unknown device: the nearest', async (t) => {
  t.strictSame(failure('nvme1', 'shm1'), [
    'scenario',
    'no device "shm1" in s: did you mean "shm0"?',
    'name devices of its machines: nvme0, nvme1, shm0, eth1, shm9',
  ]);
});

t.test('the wrong way round, or over machines: which ends there are', async (t) => {
  const remedy =
    'name a client (nvme0, nvme1, eth1), then a provider (nvme0, shm0, shm9) of the same machine';
  t.strictSame(failure('shm0', 'nvme1'), ['scenario', 'no peer-to-peer path shm0 → nvme1 in s', remedy]);
  t.strictSame(failure('nvme1', 'shm9'), ['scenario', 'no peer-to-peer path nvme1 → shm9 in s', remedy]);
});

t.test('an IOMMU is named, and makes the root ports redirect', async (t) => {
  const host = { ...machine(nvme('nvme0'), ivshmem('shm0')), iommu: 'intel' as const };
  t.match(
    explainScenario(scenario({ host }), {}),
    'machine host: CPU EPYC (AuthenticAMD family 0x17 under TCG), IOMMU intel, ACS redirection: rp0, rp1\n',
  );
});
