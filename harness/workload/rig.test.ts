import { execa } from 'execa';
import t, { type Test } from 'tap';
import { findDisk, findNetdev, hostNqn, nqn } from './rig.js';

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
const controller = (subsystem: string, host: number, namespaces: Record<string, Files>): Files => {
  return { subsysnqn: `${nqn(subsystem)}\n`, hostnqn: `${hostNqn(host)}\n`, ...namespaces };
};
const namespace = (nsid: number): Files => ({ nsid: `${nsid}\n` });
const pci = { bdf: '0000:04:00.0' };

t.test('the disk of a drive is the namespace behind its address', async (t) => {
  t.equal(await run(t, drive({ nvme0n1: {}, power: {} }), findDisk(pci), 'disk'), '/dev/nvme0n1');
});

t.test('a drive without a namespace is an error with a sentence', async (t) => {
  t.equal(await run(t, drive({ power: {} }), findDisk(pci), 'disk'), 'no namespace behind 0000:04:00.0');
});

t.test(
  'a connected disk is a namespace of a subsystem as one host sees it, whatever its number',
  async (t) => {
    const nvme = {
      nvme0: { subsysnqn: `${nqn('sub')}\n`, nvme0n1: namespace(1) }, // a drive's: no host
      nvme1: controller('other', 1, { nvme1n1: namespace(1) }),
      nvme2: controller('sub', 1, { nvme2n1: namespace(2), nvme2n2: namespace(1) }),
      nvme3: controller('sub', 2, { nvme3n1: namespace(1) }),
    };
    const disk = (nsid: number, host: number) =>
      run(t, { class: { nvme } }, `set -e\n${findDisk({ subsystem: 'sub', nsid, host })}`, 'disk');
    t.equal(await disk(1, 1), '/dev/nvme2n2');
    t.equal(await disk(2, 1), '/dev/nvme2n1');
    t.equal(await disk(1, 2), '/dev/nvme3n1');
  },
);

t.test('a namespace that is not connected is an error with a sentence', async (t) => {
  const nvme = {
    nvme0: controller('other', 1, { nvme0n1: namespace(1) }),
    nvme1: controller('sub', 1, { nvme1n1: namespace(2) }),
  };
  t.equal(
    await run(t, { class: { nvme } }, findDisk({ subsystem: 'sub', nsid: 1, host: 1 }), 'disk'),
    'namespace 1 of nqn.2026-11.org.p2plab:sub is not connected',
  );
});

t.test('the network device of a virtio NIC is one level deeper', async (t) => {
  const nic = (content: Files) => ({ bus: { pci: { devices: { '0000:06:00.0': content } } } });
  const lines = findNetdev('0000:06:00.0');
  t.equal(await run(t, nic({ virtio3: { net: { eth1: {} } } }), lines, 'netdev'), 'eth1');
  t.equal(await run(t, nic({ net: { eth2: {} } }), lines, 'netdev'), 'eth2');
  t.equal(await run(t, nic({}), lines, 'netdev'), 'no network device behind 0000:06:00.0');
});
