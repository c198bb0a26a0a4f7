import t from 'tap';
import { problemsOf } from './problems-of.test.support.js';

const nvme1 = '{ nvme: nvme1, size: 256M }';
const shm0 = '{ ivshmem: shm0, size: 64M }';
const nic = '{ nic: net0, network: lan }';
const cases: { when: string; from: string; to: string; want: string[] }[] = [
  {
    when: 'a machine has no CPU model',
    from: 'cpu: EPYC',
    to: 'cpus: 4',
    want: [
      "a.yaml:10:5: machines.host.cpu: want a QEMU CPU model like EPYC, since the kernel's host-bridge rule needs it, found nothing",
    ],
  },
  {
    when: 'an IOMMU is none of those that there are',
    from: 'cpu: EPYC',
    to: 'cpu: EPYC\n    iommu: amd',
    want: ['a.yaml:11:12: machines.host.iommu: want none, intel or virtio, found "amd"'],
  },
  {
    when: 'memory is too small',
    from: 'cpu: EPYC',
    to: 'cpu: EPYC\n    memory: 128M',
    want: [
      'a.yaml:11:13: machines.host.memory: want a size like 64M of at least 256M, a multiple of 1M, found "128M"',
    ],
  },
  {
    when: 'there are too many CPUs',
    from: 'cpu: EPYC',
    to: 'cpu: EPYC\n    cpus: 65',
    want: ['a.yaml:11:11: machines.host.cpus: want a whole number from 1 to 64, found 65'],
  },
  {
    when: 'a key of a device is misspelt',
    from: nvme1,
    to: '{ nvm: nvme1, size: 256M }',
    want: ['a.yaml:14:15: unknown key "nvm", did you mean "nvme"?'],
  },
  {
    when: 'a key of a device is unknown',
    from: nvme1,
    to: '{ nvme: nvme1, size: 256M, colour: red }',
    want: ['a.yaml:14:40: unknown key "colour", want one of nvme, size, cmb, mdts, faults, iops'],
  },
  {
    when: 'an entry is no device',
    from: nic,
    to: 'net0',
    want: [
      'a.yaml:16:9: machines.host.pcie[1]: want a device, card, switch or host bridge: a map with the key nvme, ivshmem, nic, card, switch or host-bridge, found "net0"',
    ],
  },
  {
    when: 'an entry is two devices',
    from: nvme1,
    to: '{ nvme: nvme1, ivshmem: shm1, size: 256M }',
    want: [
      'a.yaml:14:13: machines.host.pcie[0].switch[1]: want a device, card or switch with only one of nvme and ivshmem, found a map with nvme, ivshmem, size',
    ],
  },
  {
    when: 'a device has no size',
    from: nvme1,
    to: '{ nvme: nvme1 }',
    want: [
      'a.yaml:14:13: machines.host.pcie[0].switch[1].size: want a size like 64M from 1M to 1024G, a multiple of 1M, found nothing',
    ],
  },
  {
    when: 'a CMB is no power of two',
    from: 'cmb: 32M',
    to: 'cmb: 33M',
    want: [
      'a.yaml:13:44: machines.host.pcie[0].switch[0].cmb: want a power of two from 1M to 4G, or 0 for none, found "33M"',
    ],
  },
  {
    when: 'an ivshmem is no power of two',
    from: shm0,
    to: '{ ivshmem: shm0, size: 65M }',
    want: [
      'a.yaml:15:36: machines.host.pcie[0].switch[2].size: want a power of two from 1M to 16G, found "65M"',
    ],
  },
  {
    when: 'an id is too long',
    from: nic,
    to: '{ nic: a-very-long-name-of-a-nic, network: lan }',
    want: [
      'a.yaml:16:16: machines.host.pcie[1].nic: want the id of a nic of at most 20 lower-case letters, digits and dashes, found "a-very-long-name-of-a-nic"',
    ],
  },
  {
    when: 'an id is there twice',
    from: nic,
    to: '{ nic: shm0, network: lan }',
    want: ['a.yaml:16:16: want each id once, found "shm0" again'],
  },
  {
    when: 'an id is a word of the language',
    from: nic,
    to: '{ nic: none, network: lan }',
    want: [
      'a.yaml:16:16: want another name than none, ram, auto, which have a meaning of their own; found "none"',
    ],
  },
  {
    when: 'a card has one function',
    from: nic,
    to: 'card: [{ nvme: a, size: 1M }]',
    want: ['a.yaml:16:15: machines.host.pcie[1].card: want a list of 2 to 8 functions, found a list of 1'],
  },
  {
    when: 'a card is in a card',
    from: nic,
    to: 'card: [{ nvme: a, size: 1M }, card: [{ nvme: b, size: 1M }, { nvme: c, size: 1M }]]',
    want: [
      'a.yaml:16:39: machines.host.pcie[1].card[1]: want a device: a map with the key nvme, ivshmem or nic, found a map with card',
    ],
  },
  {
    when: 'a host bridge is below a switch',
    from: nvme1,
    to: '{ host-bridge: [{ nvme: nvme1, size: 256M }] }',
    want: [
      'a.yaml:14:13: machines.host.pcie[0].switch[1]: want a device, card or switch: a map with the key nvme, ivshmem, nic, card or switch, found a map with host-bridge',
    ],
  },
  {
    when: 'a device below a host bridge is wrong',
    from: nic,
    to: 'host-bridge: [{ nvme: a, size: 1K }]',
    want: [
      'a.yaml:16:40: machines.host.pcie[1].host-bridge[0].size: want a size like 64M from 1M to 1024G, a multiple of 1M, found "1K"',
    ],
  },
  {
    when: 'a switch has no ports',
    from: nic,
    to: 'switch: []',
    want: ['a.yaml:16:17: machines.host.pcie[1].switch: want a list of 1 to 31 ports, found an empty list'],
  },
  {
    when: 'a machine has a name that cannot be one',
    from: '  host:',
    to: '  Host:',
    want: [
      'a.yaml:9:3: machines: want a machine name of lower-case letters, digits and dashes, found "Host"',
    ],
  },
  {
    when: 'a config symbol has CONFIG_',
    from: 'machines:',
    to: 'needs: { kernel: CONFIG_PCI }\nmachines:',
    want: [
      'a.yaml:8:18: needs.kernel: want a config symbol without CONFIG_, like PCI_P2PDMA, found "CONFIG_PCI"',
    ],
  },
];

for (const { when, from, to, want } of cases) t.test(when, async (t) => t.same(problemsOf(from, to), want));
