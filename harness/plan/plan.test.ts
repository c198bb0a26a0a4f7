import t from 'tap';
import {
  hostBridge,
  machine,
  machinesOf,
  inputs,
  ivshmem,
  MiB,
  nic,
  nvme,
  scenario,
} from './sample.test.support.js';
import { planScenario, type PlanInputs } from './plan.js';
import type { Machine, Scenario, Slot } from '../scenario/scenario.js';

const skipReasons = (planned: Scenario, over: Partial<PlanInputs> = {}) => {
  const plan = planScenario(planned, { ...inputs, ...over });
  return plan.kind === 'skip' ? plan.reasons : [];
};
const allModels = ['virtio-net-pci', 'virtio-blk-pci', 'pcie-root-port', 'nvme', 'nvme-ns', 'ivshmem-plain'];
const qemuWithout = (model: string) => ({
  ...inputs.host,
  qemu: { ...inputs.host.qemu, devices: new Set(allModels.filter((m) => m !== model)) },
});
const argOf = (argv: string[], start: string) => argv.filter((arg) => arg.startsWith(start));

t.test('a symbol that the kernel lacks is a skip with a sentence', async (t) => {
  const needs = { kernel: ['PCI_P2PDMA', 'RDMA_RXE', 'NVME_RDMA', 'NVME_TCP'], qemu: [] };
  const symbols = new Map(Object.entries({ PCI_P2PDMA: 'y', RDMA_RXE: 'm', NVME_TCP: 'n' }));
  const kernel = { ...inputs.kernel, symbols };
  t.strictSame(skipReasons(scenario({ host: machine() }, { needs }), { kernel }), [
    'kernel k is built without CONFIG_NVME_RDMA',
    'kernel k is built without CONFIG_NVME_TCP',
  ]);
});

t.test('a kernel without its config is believed to have everything', async (t) => {
  const needs = { kernel: ['PCI_P2PDMA'], qemu: [] };
  t.strictSame(skipReasons(scenario({ host: machine() }, { needs })), []);
});

t.test('a device model that QEMU lacks is a skip, named once', async (t) => {
  const planned = scenario({ host: machine(ivshmem('a'), ivshmem('b')) });
  t.strictSame(skipReasons(planned, { host: qemuWithout('ivshmem-plain') }), [
    'QEMU 7.2.22 has no device ivshmem-plain',
  ]);
});

t.test('a device model that only needs.qemu names is looked for as well', async (t) => {
  const planned = scenario({ host: machine() }, { needs: { kernel: [], qemu: ['cxl-type3', 'nvme'] } });
  t.strictSame(skipReasons(planned, { host: qemuWithout('') }), ['QEMU 7.2.22 has no device cxl-type3']);
});

t.test('a network of three machines is a skip', async (t) => {
  const [a, b, c] = ['a', 'b', 'c'].map((id) => machine(nic(id, 'fabric')));
  t.strictSame(skipReasons(scenario({ a: a!, b: b!, c: c! })), ['network fabric joins more than 2 machines']);
});

t.test('more slots than the root complex has is a skip', async (t) => {
  const slots = Array.from({ length: 28 }, (_, n) => nvme(`d${n}`));
  t.strictSame(skipReasons(scenario({ host: machine(...slots) })), [
    'machine host has more than 27 root ports',
  ]);
  t.strictSame(skipReasons(scenario({ host: machine(...slots.slice(1)) })), []);
});

t.test('a fourth host bridge beside the own one is a skip', async (t) => {
  const bridges = Array.from({ length: 4 }, (_, n) => hostBridge(nvme(`d${n}`)));
  t.strictSame(skipReasons(scenario({ host: machine(...bridges) })), [
    'machine host has more than 3 host bridges beside its own',
  ]);
  t.strictSame(skipReasons(scenario({ host: machine(...bridges.slice(1)) })), []);
});

t.test('more buses below a host bridge than to the next one is a skip', async (t) => {
  const wide = (name: string, ports: number): Slot => ({
    type: 'switch',
    ports: Array.from({ length: ports }, (_, n) => nvme(`${name}${n}`)),
  });
  const skipped = (...pcie: Machine['pcie']) => skipReasons(scenario({ host: machine(...pcie) }));
  // each switch is two buses more than its ports
  t.strictSame(skipped(hostBridge(wide('a', 31), wide('b', 29)), wide('c', 31), wide('d', 28)), [
    'machine host has more than 63 buses below the host bridge of bus 64',
  ]);
  t.strictSame(skipped(hostBridge(wide('a', 28), wide('b', 31)), wide('c', 31), wide('d', 29)), [
    'machine host has more than 63 buses below the host bridge of bus 0',
  ]);
  t.strictSame(skipped(wide('c', 31), wide('d', 31)), []);
});

t.test('namespace ids are unique over all machines', async (t) => {
  const planned = scenario({ a: machine(nvme('n0'), nvme('n1')), b: machine(ivshmem('s'), nvme('n2')) });
  const devices = machinesOf(planned).flatMap((m) => m.devices);
  t.strictSame(
    devices.map(({ id, nsid }) => [id, nsid]),
    [
      ['n0', 1],
      ['n1', 2],
      ['s', undefined],
      ['n2', 3],
    ],
  );
  const ns = machinesOf(planned).flatMap(({ argv }) => argOf(argv, 'nvme-ns'));
  t.same(
    ns.map((arg) => /nsid=\d+/.exec(arg)?.[0]),
    ['nsid=1', 'nsid=2', 'nsid=3'],
  );
});

t.test('a comma in the path of the root image is doubled', async (t) => {
  const [host] = machinesOf(scenario({ host: machine() }), { rootfs: '/home/a,b/root,.erofs' });
  t.same(argOf(host!.argv, 'driver=raw,node-name=rootfs'), [
    'driver=raw,node-name=rootfs,read-only=on,file.driver=file,file.filename=/home/a,,b/root,,.erofs',
  ]);
});

t.test('only drives have a disk file, of their size', async (t) => {
  const [host] = machinesOf(scenario({ host: machine(nvme('n0'), ivshmem('s'), nic('x', 'lan')) }));
  t.strictSame(host?.files, [{ name: 'n0.disk', bytes: 64 * MiB }]);
});

t.test('providers are drives with a CMB and shared memory', async (t) => {
  const [host] = machinesOf(scenario({ host: machine(nvme('plain'), nvme('cmb', 16 * MiB), ivshmem('s')) }));
  t.same(
    host?.devices.filter(({ provider }) => provider).map(({ id }) => id),
    ['cmb', 's'],
  );
  t.match(argOf(host!.argv, 'nvme,'), [/serial=plain$/, /serial=cmb,cmb_size_mb=16$/]);
});

t.test('a drive may say how much it moves by one command', async (t) => {
  const [host] = machinesOf(scenario({ host: machine({ ...nvme('big'), mdts: 11 }) }));
  t.match(argOf(host!.argv, 'nvme,'), [/serial=big,mdts=11$/]);
});

t.test('KVM shortens the phases in which the guest works', async (t) => {
  const planned = scenario({ host: machine() });
  const limits = (accelerator: 'kvm' | 'tcg') => {
    const plan = planScenario(planned, { ...inputs, host: { ...inputs.host, accelerator } });
    return plan.kind === 'run' ? plan.limits : undefined;
  };
  const [kvm, tcg] = [limits('kvm')!, limits('tcg')!];
  t.ok(kvm.bootMs < tcg.bootMs && kvm.stepMs < tcg.stepMs);
  t.equal(kvm.startMs, tcg.startMs);
});

t.test('words of the machine come last on the kernel command line', async (t) => {
  const [host] = machinesOf(scenario({ host: { ...machine(), append: ['pci=noacs', 'debug'] } }));
  t.match(argOf(host!.argv, 'console='), [
    /^console=ttyS0 .* p2plab.machine=host p2plab.nonce=0123456789abcdef pci=noacs debug$/,
  ]);
});

t.test('an IOMMU comes before all PCI devices, and its translations are traced', async (t) => {
  const withIommu = (iommu: 'intel' | 'virtio') => {
    const [host] = machinesOf(scenario({ host: { ...machine(nvme('n0')), iommu } }));
    const devices = host!.argv.filter((_, n) => host!.argv[n - 1] === '-device');
    const traced = host!.argv.filter((_, n) => host!.argv[n - 1] === '-trace');
    return { first: devices[0], traced: traced.slice(4), words: argOf(host!.argv, 'console=')[0] };
  };
  const commands = ['pci_nvme_io_cmd', 'pci_nvme_enqueue_req_completion', 'pci_nvme_map_addr_cmb'];
  const intel = withIommu('intel');
  t.equal(intel.first, 'intel-iommu,intremap=off,device-iotlb=off,aw-bits=48');
  t.strictSame(intel.traced, [...commands, 'vtd_dmar_translate', 'vtd_dmar_fault']);
  t.match(intel.words, / intel_iommu=on$/);
  const virtio = withIommu('virtio');
  t.equal(virtio.first, 'virtio-iommu-pci,id=iommu0,bus=pcie.0,addr=0x3');
  t.strictSame(virtio.traced, [...commands, 'virtio_iommu_translate_out', 'virtio_iommu_report_fault']);
  t.notMatch(virtio.words, 'iommu');
});

t.test('without an IOMMU there is no device, no word and no event of it', async (t) => {
  const planned = (iommu?: 'none') => machinesOf(scenario({ host: { ...machine(nvme('n0')), iommu } }))[0]!;
  t.strictSame(planned('none'), planned());
  t.strictSame(
    planned().argv.filter((arg) => /iommu|vtd|io_cmd/.test(arg)),
    [],
  );
});

t.test('an IOMMU whose driver the kernel lacks, or that QEMU lacks, is a skip', async (t) => {
  const planned = scenario({ host: { ...machine(), iommu: 'virtio' } });
  const symbols = new Map([['INTEL_IOMMU', 'y']]);
  t.strictSame(skipReasons(planned, { kernel: { ...inputs.kernel, symbols }, host: qemuWithout('') }), [
    'kernel k is built without CONFIG_VIRTIO_IOMMU',
    'QEMU 7.2.22 has no device virtio-iommu-pci',
  ]);
});

t.test(
  'coverage is a plugin that writes into the machine’s folder, and a kernel that stays where it was linked',
  async (t) => {
    const [without] = machinesOf(scenario({ host: machine() }));
    const [host] = machinesOf(scenario({ host: machine() }), { coveragePlugin: '/c,x/p.so' });
    t.same(argOf(without!.argv, '-plugin'), []);
    t.notMatch(without!.argv.join(' '), /nokaslr/);
    t.equal(host!.argv[host!.argv.indexOf('-plugin') + 1], 'file=/c,,x/p.so,out=executed.blocks');
    t.match(host!.argv.join(' '), / nokaslr/);
  },
);

t.test('for a benchmark other accesses are traced, too, and each line has its time', async (t) => {
  const traced = (accesses?: boolean) => {
    const [host] = machinesOf(scenario({ host: machine() }), { accesses });
    const events = host!.argv.filter((_, n) => host!.argv[n - 1] === '-trace');
    return { events, times: host!.argv.join(' ').includes('-D dma.trace -msg timestamp=on') };
  };
  const plain = traced();
  t.equal(plain.times, false);
  t.strictSame(traced(true), {
    events: [...plain.events, 'pci_cfg_write', 'pci_nvme_mmio_read', 'pci_nvme_mmio_write'],
    times: true,
  });
});
