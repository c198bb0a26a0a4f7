import t from 'tap';
import { parseRam } from './pci-map.js';

/** What QEMU 7.2 prints for a q35 machine, cut to what matters. */
const mtree = `FlatView #0
 AS "nvme", root: bus master container
 AS "virtio-net-pci", root: bus master container
 Root memory region: bus master container
  0000000000000000-000000007fffffff (prio 0, ram): pc.ram KVM

FlatView #1
 AS "memory", root: system
 AS "cpu-memory-0", root: system
 AS "cpu-memory-1", root: system
 Root memory region: system
  0000000000000000-00000000000bffff (prio 0, ram): pc.ram
  00000000000c0000-00000000000cafff (prio 0, rom): pc.ram @00000000000c0000
  00000000000cb000-00000000000cdfff (prio 0, ram): pc.ram @00000000000cb000
  00000000000f0000-00000000000fffff (prio 0, rom): pc.ram @00000000000f0000
  0000000000100000-000000002fffffff (prio 0, ram): pc.ram @0000000000100000
  00000000f4000000-00000000f7ffffff (prio 1, ram): shm0-mem
  00000000fec00000-00000000fec00fff (prio 0, i/o): ioapic
  00000000fffc0000-00000000ffffffff (prio 0, rom): pc.bios
  0000000100000000-000000017fffffff (prio 0, ram): pc.ram @0000000080000000

FlatView #2
 AS "I/O", root: io
 Root memory region: io
  0000000000000000-0000000000000007 (prio 0, i/o): dma-chan
`;

t.test('RAM is what the address space "memory" has of pc.ram', async (t) => {
  t.strictSame(parseRam(mtree), [
    { start: 0, end: 0xc0000 },
    { start: 0xcb000, end: 0xce000 },
    { start: 0x100000, end: 0x30000000 },
    { start: 0x100000000, end: 0x180000000 },
  ]);
});

t.test('without that address space there is no RAM', async (t) => {
  t.strictSame(parseRam(mtree.replace('"memory"', '"mem"')), []);
});
