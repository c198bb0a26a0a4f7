import { execa } from 'execa';
import t, { type Test } from 'tap';
import { findDisk, findNetdev, nqn } from './rig.js';

type Files = NonNullable<Parameters<Test['testdir']>[0]>;

/** Runs shell lines with /sys in a folder of its own, and prints a variable. */
async function run(t: Test, sys: Files, lines: string, variable: string) {
  const script = `${lines.replaceAll('/sys/', `${t.testdir({ sys })}/sys/`)}\necho "$${variable}"`;
  const { stdout, stderr, exitCode } = await execa('sh', ['-c', script], { reject: false });
  return exitCode === 0 ? stdout : stderr;
}
const drive = (namespaces: Files) => {
  return { bus: { pci: { devices: { '0000:04:00.0': { nvme: { nvme0: namespaces } } } } } };
};
const controller = (subsystem: string, transport: string, namespaces: Record<string, Files>) => {
  return { subsysnqn: `${nqn(subsystem)}\n`, transport: `${transport}\n`, ...namespaces };
};
const pci = { bdf: '0000:04:00.0' };

t.test('the disk of a drive is the namespace behind its address', async (t) => {
  t.equal(await run(t, drive({ nvme0n1: {}, power: {} }), findDisk(pci), 'disk'), '/dev/nvme0n1');
});

t.test('a drive without a namespace is an error with a sentence', async (t) => {
  t.equal(await run(t, drive({ power: {} }), findDisk(pci), 'disk'), 'no namespace behind 0000:04:00.0');
});

t.test('a connected disk is not the drive behind it, nor of another subsystem', async (t) => {
  const nvme = {
    nvme0: controller('sub', 'pcie', { nvme0n1: {} }),
    nvme1: controller('other', 'rdma', { nvme1n1: {} }),
    nvme2: controller('sub', 'rdma', { nvme2n1: {} }),
  };
  const lines = findDisk({ subsystem: 'sub' });
  t.equal(await run(t, { class: { nvme } }, lines, 'disk'), '/dev/nvme2n1');
});

t.test('a subsystem that is not connected is an error with a sentence', async (t) => {
  const nvme = { nvme0: controller('other', 'rdma', { nvme0n1: {} }) };
  t.equal(
    await run(t, { class: { nvme } }, findDisk({ subsystem: 'sub' }), 'disk'),
    'no namespace of nqn.2026-11.org.p2plab:sub is connected',
  );
});

t.test('the network device of a virtio NIC is one level deeper', async (t) => {
  const nic = (content: Files) => ({ bus: { pci: { devices: { '0000:06:00.0': content } } } });
  const lines = findNetdev('0000:06:00.0');
  t.equal(await run(t, nic({ virtio3: { net: { eth1: {} } } }), lines, 'netdev'), 'eth1');
  t.equal(await run(t, nic({ net: { eth2: {} } }), lines, 'netdev'), 'eth2');
  t.equal(await run(t, nic({}), lines, 'netdev'), 'no network device behind 0000:06:00.0');
});
