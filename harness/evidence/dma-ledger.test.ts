import { appendFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { DmaLedgerReader } from './dma-ledger.js';
import { joinLedgers, sumByRegion } from './ledger.js';
import { RegionMap } from './region-map.js';

const shm0 = { start: 0xf4000000, end: 0xf8000000 };
const regions = new RegionMap({
  devices: [
    { id: 'shm0', bdf: '0000:05:00.0', vendor: 0x1af4, product: 0x1110, bars: [{ bar: 2, ...shm0 }] },
  ],
  ram: [{ start: 0, end: 0x30000000 }],
});
const drives = new Map([[2, 'nvme1']]);
// QEMU 7.2 prints the opcode's name for writes only
const command = (direction: 'read' | 'write', bytes: number, nsid = 2) =>
  `pci_nvme_${direction} cid 57664 ${direction === 'write' ? "opname 'NVME_NVM_CMD_WRITE' " : ''}nsid ${nsid} nlb ${bytes / 512} count ${bytes} lba 0x7c0\n`;
const map = (address: number, bytes: number) =>
  `pci_nvme_map_addr addr 0x${address.toString(16)} len ${bytes}\n`;

function reader(dir: string, text: string): DmaLedgerReader {
  const file = path.join(dir, 'dma.trace');
  writeFileSync(file, text);
  return new DmaLedgerReader(file, drives);
}

t.test('a write out of a BAR counts for its drive, direction and region', async (t) => {
  // the lines that QEMU 7.2 printed for one 16 KiB write out of an ivshmem BAR
  const pages = [0, 1, 2, 3].map((n) => map(0xf4000000 + n * 4096, 4096)).join('');
  const prp = 'pci_nvme_map_prp trans_len 4096 len 16384 prp1 0xf4000000 prp2 0x32bd000 num_prps 5\n';
  const ledger = await reader(t.testdir(), command('write', 16384) + prp + pages).readOn(regions);
  t.strictSame(ledger.entries, [
    { drive: 'nvme1', direction: 'write', commands: 1, commandBytes: 16384, bytesByRegion: { shm0: 16384 } },
  ]);
});

t.test('addresses of admin commands are not data', async (t) => {
  const text = map(0x1000, 4096) + command('read', 512) + map(0x2000, 512) + map(0x3000, 4096);
  const ledger = await reader(t.testdir(), text).readOn(regions);
  t.strictSame(sumByRegion([ledger]), { ram: 512 });
});

t.test('a command whose addresses are missing leaves the ledger short', async (t) => {
  const ledger = await reader(t.testdir(), command('read', 8192) + map(0x2000, 4096)).readOn(regions);
  t.strictSame(ledger.entries[0]?.commandBytes, 8192);
  t.strictSame(sumByRegion([ledger]), { ram: 4096 });
});

t.test('each call takes what was written since the last', async (t) => {
  const ledger = reader(t.testdir(), command('read', 512) + map(0x2000, 512));
  t.strictSame(sumByRegion([await ledger.readOn(regions)]), { ram: 512 });
  t.strictSame(sumByRegion([await ledger.readOn(regions)]), {});
  appendFileSync(ledger.file, command('write', 512) + map(shm0.start, 512));
  t.strictSame(sumByRegion([await ledger.readOn(regions)]), { shm0: 512 });
});

t.test('a line that is cut at the end of the file is read when it is whole', async (t) => {
  const text = command('read', 512) + map(0x2000, 512);
  const ledger = reader(t.testdir(), text.slice(0, 40));
  await ledger.readOn(regions);
  appendFileSync(ledger.file, text.slice(40));
  t.strictSame(sumByRegion([await ledger.readOn(regions)]), { ram: 512 });
});

t.test('a namespace that no planned drive has is named by its number', async (t) => {
  const ledger = await reader(t.testdir(), command('read', 512, 9) + map(0x2000, 512)).readOn(regions);
  t.equal(ledger.entries[0]?.drive, 'nsid-9');
});

t.test('sums can be narrowed to a drive and a direction', async (t) => {
  const text = command('read', 512) + map(0x2000, 512) + command('write', 512, 7) + map(shm0.start, 512);
  const ledgers = [await reader(t.testdir(), text).readOn(regions)];
  t.strictSame(sumByRegion(ledgers, { drive: 'nvme1' }), { ram: 512 });
  t.strictSame(sumByRegion(ledgers, { direction: 'write' }), { shm0: 512 });
});

t.test('a trace that was never made is an empty ledger', async (t) => {
  const ledger = new DmaLedgerReader(path.join(t.testdir(), 'dma.trace'), drives);
  t.strictSame(await ledger.readOn(regions), { entries: [], configReads: 0 });
});

t.test('whatever the trace holds and wherever it is cut, no byte is counted twice or invented', async (t) => {
  const dir = t.testdir();
  const line = fc.oneof(
    fc.constantFrom(command('read', 4096), command('write', 8192), map(0x2000, 4096), map(shm0.start, 4096)),
    fc.string().map((text) => `${text.replaceAll('\n', ' ')}\n`),
  );
  let n = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 40 }), fc.nat(), async (lines, cut) => {
      const text = lines.join('');
      const file = path.join(dir, `trace-${n++}`);
      writeFileSync(file, text.slice(0, cut % (text.length + 1)), 'latin1');
      const ledger = new DmaLedgerReader(file, drives);
      const first = await ledger.readOn(regions);
      appendFileSync(file, text.slice(cut % (text.length + 1)), 'latin1');
      const entries = [...first.entries, ...(await ledger.readOn(regions)).entries];
      const mapped = Object.values(sumByRegion([{ entries }])).reduce((a, b) => a + b, 0);
      const commanded = entries.reduce((sum, e) => sum + e.commandBytes, 0);
      return mapped <= commanded && commanded <= lines.length * 8192;
    }),
    { numRuns: 100 },
  );
});

t.test('reads of config space are counted by the stretch', async (t) => {
  const read = 'pci_cfg_read pcie-root-port 00:04.0 @0x14e -> 0x1d\n';
  const ledger = reader(t.testdir(), read + command('write', 4096) + read + map(shm0.start, 4096));
  const { entries, configReads } = await ledger.readOn(regions);
  t.equal(configReads, 2);
  t.match(entries, [{ commands: 1, bytesByRegion: { shm0: 4096 } }]);
  appendFileSync(ledger.file, read);
  t.equal((await ledger.readOn(regions)).configReads, 1);
});

/** As QEMU 7.2 prints it with -msg timestamp=on. */
const at = (seconds: string, line: string) => `4711@${seconds}:${line}`;

t.test('with times, other accesses are counted and the first command with data is timed', async (t) => {
  const first = at('1795745600.250000', 'pci_cfg_read mch 00:0 @0x0 -> 0x29c08086\n');
  const accesses = [
    at('1795745601.000000', 'pci_cfg_write nvme 00:0 @0x4 <- 0x6\n'),
    at('1795745601.000001', 'pci_nvme_mmio_write addr 0x1008 data 0x1 size 4\n'),
    at('1795745601.000002', 'pci_nvme_mmio_write addr 0x100c data 0x1 size 4\n'),
    at('1795745601.000003', 'pci_nvme_mmio_read addr 0x1c size 4\n'),
  ].join('');
  const data = at('1795745602.500000', command('read', 512)) + at('1795745602.500001', map(0x2000, 512));
  const later = at('1795745609.000000', command('read', 512)) + at('1795745609.000001', map(0x2000, 512));
  const ledgers = reader(t.testdir(), first + accesses + data);
  t.strictSame(await ledgers.readOn(regions), {
    entries: [
      { drive: 'nvme1', direction: 'read', commands: 1, commandBytes: 512, bytesByRegion: { ram: 512 } },
    ],
    configReads: 1,
    accesses: { configWrites: 1, mmioWrites: 2, mmioReads: 1 },
  });
  t.equal(ledgers.firstIoMs, 2250);
  appendFileSync(ledgers.file, later);
  t.notOk('accesses' in (await ledgers.readOn(regions)), 'they were of the stretch before');
  t.equal(ledgers.firstIoMs, 2250, 'the first stays the first');
});

t.test('without times there is no first I/O', async (t) => {
  const ledgers = reader(t.testdir(), command('read', 512) + map(0x2000, 512));
  await ledgers.readOn(regions);
  t.equal(ledgers.firstIoMs, undefined);
});

t.test('accesses of two stretches are added', (t) => {
  const first = { entries: [], configReads: 1, accesses: { mmioWrites: 2 } };
  const second = { entries: [], configReads: 1, accesses: { mmioWrites: 3, configWrites: 1 } };
  t.strictSame(joinLedgers(first, second).accesses, { mmioWrites: 5, configWrites: 1 });
  t.notOk('accesses' in joinLedgers(undefined, { entries: [] }));
  t.end();
});
