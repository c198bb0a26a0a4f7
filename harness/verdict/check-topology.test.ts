import t from 'tap';
import type { Evidence } from '../evidence/evidence.js';
import { hostBridge, MiB, nvme } from '../plan/sample.test.support.js';
import type { Slot } from '../scenario/scenario.js';
import { checkTopology } from './check-topology.js';
import { agreeing, oneSwitch, twoPorts } from './topology.test.support.js';

/** Blame and reason of every check that does not hold. */
const wrong = (evidence: Evidence) =>
  checkTopology(evidence).flatMap(({ ok, blame, reason }) => (ok ? [] : [`${blame}: ${reason}`]));

t.test('plan, QEMU and guest agree', async (t) => {
  const checks = checkTopology(agreeing(oneSwitch));
  t.equal(checks.length, 8);
  t.strictSame(
    checks.filter(({ ok }) => !ok),
    [],
  );
});

t.test('a device elsewhere than planned is the plan’s fault', async (t) => {
  const evidence = agreeing(twoPorts);
  evidence.machines[0]!.planned.devices[1]!.bdf = '0000:09:00.0';
  t.equal(
    wrong(evidence)[0],
    'harness: the topology of host is not the planned one: shm0 at 0000:02:00.0, not 0000:09:00.0',
  );
});

t.test('a device that the guest lacks is the kernel’s fault', async (t) => {
  const evidence = agreeing(twoPorts, ({ topology }) => topology.functions.pop());
  t.strictSame(wrong(evidence), [
    "kernel: the kernel of host does not find QEMU's devices: nothing at 0000:02:00.0, where QEMU has shm0 (1b36:0004)",
  ]);
});

t.test('another device at its address is told by its ids', async (t) => {
  const evidence = agreeing(twoPorts, ({ topology }) => (topology.functions.at(-1)!.product = 0x99));
  t.strictSame(wrong(evidence), [
    "kernel: the kernel of host does not find QEMU's devices: 0000:02:00.0 is 1b36:0099, QEMU's shm0 is 1b36:0004",
  ]);
});

t.test('a BAR that the guest sees elsewhere than QEMU has it', async (t) => {
  const evidence = agreeing(twoPorts, ({ topology }) => {
    topology.functions.at(-1)!.bars = [{ bar: 0, start: 0xe0000000, end: 0xe0001000 }];
  });
  t.strictSame(wrong(evidence), [
    'kernel: the kernel of host sees BARs elsewhere than QEMU has them: BAR 0 of shm0 at 0xe0000000-0xe0000fff, in QEMU at 0xf0300000-0xf0300fff',
  ]);
});

t.test('a BAR that is not mapped in QEMU is right until a driver has the device', async (t) => {
  const evidence = (driver: string | undefined) =>
    agreeing(twoPorts, ({ actual, topology }) => {
      actual.at(-1)!.bars = [];
      topology.functions.at(-1)!.driver = driver;
    });
  t.strictSame(wrong(evidence(undefined)), []);
  t.match(wrong(evidence('ivshmem')), [/BAR 0 of shm0 at 0xf0300000-0xf0300fff, in QEMU at nowhere$/]);
});

t.test('a device below another bridge', async (t) => {
  const evidence = agreeing(twoPorts, ({ topology }) => (topology.functions.at(-1)!.parent = '0000:00:04.0'));
  t.strictSame(wrong(evidence), [
    'kernel: the kernel of host sees another tree of bridges: shm0 below 0000:00:04.0, not rp1 (0000:00:05.0)',
  ]);
});

t.test('a device below another host bridge than planned', async (t) => {
  const slots = [nvme('nvme0'), hostBridge(nvme('nvme1'))];
  t.strictSame(wrong(agreeing(slots)), []);
  const evidence = agreeing(slots, ({ topology }) => delete topology.functions.at(-1)!.rootBus);
  t.strictSame(wrong(evidence), [
    'kernel: the kernel of host sees another tree of bridges: nvme1 below root bus 0x0, not 0x40',
  ]);
});

t.test('a CMB of another size is QEMU’s register, one that is not seen is the kernel’s', async (t) => {
  const another = agreeing(twoPorts, ({ topology }) => (topology.functions[2]!.cmb!.size = 2 ** 20));
  t.strictSame(wrong(another), ['harness: cmbsz of nvme0 says 1048576 B, asked for was 33554432 B']);
  const none = agreeing(twoPorts, ({ topology }) => delete topology.functions[2]!.cmb);
  t.strictSame(wrong(none), ['kernel: cmbsz of nvme0 says none, asked for was 33554432 B']);
});

t.test('a CMB that is too small for memory hotplug need not be seen', async (t) => {
  const slots: Slot[] = [nvme('nvme0', MiB)];
  t.strictSame(wrong(agreeing(slots, ({ topology }) => delete topology.functions[1]!.cmb)), []);
  const another = agreeing(slots, ({ topology }) => (topology.functions[1]!.cmb!.size = 2 ** 21));
  t.strictSame(wrong(another), ['harness: cmbsz of nvme0 says 2097152 B, asked for was 1048576 B']);
});

t.test('ACS redirection that nobody asked for', async (t) => {
  const acs = { capability: ['RR' as const], control: ['RR' as const] };
  const evidence = agreeing(twoPorts, ({ topology }) => (topology.functions[1]!.acs = acs));
  t.strictSame(wrong(evidence), ['kernel: ACS redirection in host is on in: rp1; predicted: none']);
});

t.test('ACS redirection that was asked for and is not on', async (t) => {
  const evidence = agreeing(twoPorts, ({ machine }) => machine.append.push('pci=config_acs=11xx@00:04.0'));
  t.strictSame(wrong(evidence), ['kernel: ACS redirection in host is on in: none; predicted: rp0']);
});

t.test('a CPU on which the host-bridge rule comes out differently is the host’s', async (t) => {
  const evidence = agreeing(twoPorts, ({ topology }) => (topology.cpu!.vendor = 'GenuineIntel'));
  t.strictSame(wrong(evidence), [
    "host: the CPU of host is GenuineIntel family 0x17, EPYC is AuthenticAMD family 0x17: peer-to-peer through the host bridge depends on it (under KVM the vendor is the host's)",
  ]);
});

t.test('another CPU of the same rule will do', async (t) => {
  t.strictSame(wrong(agreeing(twoPorts, ({ topology }) => (topology.cpu!.family = 0x19))), []);
});

t.test('without the guest’s word plan and QEMU are compared', async (t) => {
  const evidence = agreeing(twoPorts);
  delete evidence.machines[0]!.topology;
  t.equal(checkTopology(evidence).length, 1);
});

t.test('devices of a machine with an IOMMU must be in groups', async (t) => {
  const named = (evidence: Evidence) => checkTopology(evidence).find(({ name }) => / IOMMU$/.test(name));
  const grouped = agreeing(twoPorts, ({ topology, machine }) => {
    machine.iommu = 'virtio';
    topology.functions.forEach((f, n) => Object.assign(f, { iommuGroup: `${n}`, iommuType: 'DMA-FQ' }));
  });
  t.match(named(grouped), {
    name: 'host: devices are below the virtio IOMMU',
    ok: true,
    got: 'nvme0 in group 2 (DMA-FQ), shm0 in group 3 (DMA-FQ)',
  });
  delete grouped.machines[0]!.topology!.functions[3]!.iommuGroup;
  t.match(named(grouped), {
    ok: false,
    reason: 'the kernel of host does not use its IOMMU for shm0 in no group',
  });
  grouped.scenario.machines.host!.append = ['iommu=off'];
  t.equal(named(grouped), undefined, 'not checked when the kernel may leave it alone');
});

t.test('devices of a machine without an IOMMU must not be in groups', async (t) => {
  const grouped = agreeing(twoPorts, ({ topology }) => {
    topology.functions[2]!.iommuGroup = '7';
  });
  t.match(
    checkTopology(grouped).filter(({ ok }) => !ok),
    [{ reason: 'the kernel of host has an IOMMU that was not planned for nvme0 in group 7 (unknown)' }],
  );
});
