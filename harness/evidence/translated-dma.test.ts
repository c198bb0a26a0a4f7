import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import { packageRoot } from '../common/paths.js';
import { DmaLedgerReader } from './dma-ledger.js';
import { sumByRegion, type LedgerEntry } from './ledger.js';
import { RegionMap } from './region-map.js';

const device = (id: string, bus: number, start: number, end: number) => {
  return { id, bdf: `0000:0${bus}:00.0`, vendor: 0, product: 0, bars: [{ bar: 2, start, end }] };
};
/** What QEMU had mapped where the traces were taken. */
const regions = new RegionMap({
  devices: [
    device('nvme0', 1, 0xf8000000, 0xfa000000),
    device('nvme1', 2, 0xfe600000, 0xfe604000),
    device('shm0', 3, 0xf4000000, 0xf8000000),
    device('nvme2', 4, 0xfe200000, 0xfe204000),
  ],
  ram: [{ start: 0x100000, end: 0x30000000 }],
});
const drives = new Map([1, 2, 3].map((nsid) => [nsid, `nvme${nsid - 1}`]));

/**
 * QEMU 7.2.22 with Linux 6.12.117: 8 KiB of nvme0 out of its own CMB, then three drives at once, four commands each.
 * Of the accesses to one page of a CMB, word by word, the first three are kept.
 */
const capturesOf = ['intel', 'virtio'].map((iommu) => {
  const file = path.join(packageRoot, `harness/evidence/testdata/iommu-${iommu}.trace`);
  return { iommu, text: readFileSync(file, 'latin1') };
});
/** By what the work was: nvme1 out of the CMB of nvme0; nvme2 too, but from 8 MiB on out of RAM; nvme0 out of shm0. */
const truth = {
  'nvme0 write': { 'own-cmb': 8192, shm0: 2 * 4608 },
  'nvme1 write': { nvme0: 2 * 16384 },
  'nvme1 read': { nvme0: 2 * 8192 },
  'nvme2 write': { ram: 2 * 16384, nvme0: 32768 },
  'nvme2 read': { nvme0: 2 * 8192 },
};

const byDrive = (entries: LedgerEntry[]) =>
  Object.fromEntries(entries.map((e) => [`${e.drive} ${e.direction}`, e.bytesByRegion]));
const isTruth = (entries: LedgerEntry[]) => isDeepStrictEqual(byDrive(entries), truth);
let n = 0;

async function read(dir: string, text: string, over: { chunkBytes?: number; untranslated?: string[] } = {}) {
  const file = path.join(dir, `trace-${n++}`);
  writeFileSync(file, text, 'latin1');
  const reader = new DmaLedgerReader(file, drives, { iommu: true, chunkBytes: over.chunkBytes ?? 65536 });
  return (await reader.readOn(regions, new Set(over.untranslated))).entries;
}

for (const { iommu, text } of capturesOf) {
  const lines = text.trimEnd().split('\n');

  t.test(`${iommu}: every address is led to where it went, of several drives at once`, async (t) => {
    t.strictSame(byDrive(await read(t.testdir(), text)), truth);
  });

  t.test(`${iommu}: wherever the chunks of the file end, the ledger is the same`, async (t) => {
    const dir = t.testdir();
    const chunk = fc.integer({ min: 1, max: 2000 });
    await fc.assert(
      fc.asyncProperty(chunk, async (chunkBytes) => {
        return isTruth(await read(dir, text, { chunkBytes }));
      }),
      { numRuns: 20 },
    );
    t.pass();
  });

  t.test(`${iommu}: what other devices have translated in between changes nothing`, async (t) => {
    const dir = t.testdir();
    // the same addresses as those of the drives: each device has its own
    const foreign = lines
      .filter((line) => line.startsWith('v'))
      .map((line) => line.replace(/dev 0\d/, 'dev 07').replace(/sid=\d+/, 'sid=1792'));
    const inserts = fc.array(fc.record({ line: fc.constantFrom(...foreign), at: fc.nat(lines.length) }));
    await fc.assert(
      fc.asyncProperty(inserts, async (list) => {
        const more = lines.slice();
        for (const { line, at } of list) more.splice(at, 0, line);
        // an own-memory line stands right behind its address
        const whole = more.join('\n').replaceAll(/^(v.*\n)+(?=pci_nvme_map_addr_cmb)/gm, '');
        return isTruth(await read(dir, `${whole}\n`));
      }),
      { numRuns: 50 },
    );
    t.pass();
  });

  t.test(
    `${iommu}: whichever translations are missing, bytes get lost and none goes elsewhere`,
    async (t) => {
      const dir = t.testdir();
      await fc.assert(
        fc.asyncProperty(fc.infiniteStream(fc.boolean()), async (coins) => {
          const kept = lines.filter((line) => !line.startsWith('v') || coins.next().value);
          const entries = await read(dir, `${kept.join('\n')}\n`);
          return entries.every(({ drive, direction, commandBytes, bytesByRegion, unattributed }) => {
            const { 'not-attributable': lost = 0, ...went } = bytesByRegion;
            const known: Record<string, number> = truth[`${drive} ${direction}` as 'nvme1 read'];
            const all = lost + Object.values(went).reduce((a, b) => a + b, 0);
            return (
              Object.entries(went).every(([region, bytes]) => bytes <= (known[region] ?? 0)) &&
              all === commandBytes &&
              lost > 0 === (unattributed !== undefined)
            );
          });
        }),
        { numRuns: 50 },
      );
      t.pass();
    },
  );
}

const command = (cid: number, bytes: number, nsid = 2) =>
  `pci_nvme_io_cmd cid ${cid} nsid 0x${nsid} sqid 1 opc 0x2 opname 'NVME_NVM_CMD_READ'\n` +
  `pci_nvme_read cid ${cid} nsid ${nsid} nlb ${bytes / 512} count ${bytes} lba 0x0\n`;
const map = (address: number, bytes: number) =>
  `pci_nvme_map_addr addr 0x${address.toString(16)} len ${bytes}\n`;
const translate = (iova: number, to: number, bus = 2, mask = 0xfff) =>
  `vtd_dmar_translate dev 0${bus}:00.00 iova 0x${iova.toString(16)} -> gpa 0x${to.toString(16)} mask 0x${mask.toString(16)}\n`;
const complete = (cid: number) =>
  `pci_nvme_enqueue_req_completion cid ${cid} cqid 1 dw0 0x0 dw1 0x0 status 0x0\n`;
const [iova, bar, ram] = [0xffff0000, 0xf4000000, 0x200000];

t.test('a translation before the address, or of another device, is not of it', async (t) => {
  const text = translate(iova, bar) + command(1, 4096) + map(iova, 4096) + translate(iova, bar, 4);
  const [entry] = await read(t.testdir(), text);
  t.match(entry, { bytesByRegion: { 'not-attributable': 4096 }, unattributed: '0xffff0000' });
});

t.test('a translation after the command has ended is of another', async (t) => {
  const text = command(1, 4096) + map(iova, 4096) + complete(1) + translate(iova, bar);
  t.match(await read(t.testdir(), text), [{ bytesByRegion: { 'not-attributable': 4096 } }]);
});

t.test('the end of another drive’s command with the same number ends nothing', async (t) => {
  const waiting = command(1, 4096) + map(iova, 4096);
  const other = command(1, 4096, 3) + map(iova, 4096) + translate(iova, ram, 4) + complete(1);
  const flush = `pci_nvme_io_cmd cid 1 nsid 0xffffffff sqid 1 opc 0x0 opname 'NVME_NVM_CMD_FLUSH'\n${complete(1)}`;
  t.strictSame(byDrive(await read(t.testdir(), waiting + other + flush + translate(iova, bar))), {
    'nvme1 read': { shm0: 4096 },
    'nvme2 read': { ram: 4096 },
  });
});

t.test('an address that a later command uses again is given up, not led where that one went', async (t) => {
  const text = command(1, 4096) + map(iova, 4096) + command(2, 4096) + map(iova, 4096) + translate(iova, bar);
  const [entry] = await read(t.testdir(), text);
  t.strictSame(entry?.bytesByRegion, { 'not-attributable': 4096, shm0: 4096 });
});

t.test('the same translation twice counts for both commands that it is of', async (t) => {
  const one = (cid: number) => command(cid, 4096) + map(iova, 4096) + translate(iova, bar) + complete(cid);
  t.match(await read(t.testdir(), one(1) + one(2)), [{ bytesByRegion: { shm0: 8192 } }]);
});

t.test('an extent over several pages goes where each page goes', async (t) => {
  const pages = translate(iova, bar) + translate(iova + 4096, ram) + translate(iova + 8192, 0xf8000000);
  const [entry] = await read(t.testdir(), command(1, 8192) + map(iova + 512, 8192) + pages);
  t.strictSame(entry?.bytesByRegion, { shm0: 3584, ram: 4096, nvme0: 512 });
});

t.test('a large page covers all that lies in it', async (t) => {
  const large = translate(0xffe00000, bar, 2, 0x1fffff);
  const [entry] = await read(t.testdir(), command(1, 65536) + map(0xffe10000, 65536) + large);
  t.strictSame(entry?.bytesByRegion, { shm0: 65536 });
});

t.test('addresses of a drive that the guest does not have translated are physical', async (t) => {
  const text = command(1, 4096) + map(bar, 4096);
  t.match(await read(t.testdir(), text, { untranslated: ['nvme1'] }), [{ bytesByRegion: { shm0: 4096 } }]);
  t.match(await read(t.testdir(), text, { untranslated: ['nvme2'] }), [
    { bytesByRegion: { 'not-attributable': 4096 } },
  ]);
});

t.test('once QEMU was seen to translate for a drive, the guest’s word counts no more', async (t) => {
  const text = translate(iova, ram) + command(1, 4096) + map(bar, 4096);
  t.match(await read(t.testdir(), text, { untranslated: ['nvme1'] }), [
    { bytesByRegion: { 'not-attributable': 4096 } },
  ]);
});

t.test('more than can wait is not attributable, and memory stays bounded', async (t) => {
  const all = 2 ** 31;
  const [entry] = await read(t.testdir(), command(1, all) + map(0, all) + translate(0, ram));
  t.strictSame(entry?.bytesByRegion, { 'not-attributable': all - 4096, ram: 4096 });
});

t.test('an address beyond what numbers can tell is not attributable', async (t) => {
  const text = `${command(1, 4096)}pci_nvme_map_addr addr 0xfffffffffffff000 len 4096\n`;
  t.match(await read(t.testdir(), text), [{ bytesByRegion: { 'not-attributable': 4096 } }]);
});

t.test('whatever the trace holds, no byte is counted twice or invented', async (t) => {
  const dir = t.testdir();
  const known = capturesOf.flatMap(({ text }) => text.split('\n'));
  const line = fc.oneof(
    fc.constantFrom(...known),
    fc.constantFrom(map(bar, 4096).trimEnd(), translate(bar, ram).trimEnd(), complete(1).trimEnd()),
    fc.string().map((text) => text.replaceAll('\n', ' ')),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 60 }), async (lines) => {
      const entries = await read(dir, `${lines.join('\n')}\n`);
      const bytes = Object.values(sumByRegion([{ entries }]));
      // the last address of a command may be beyond its end
      const most = entries.reduce((sum, e) => sum + e.commandBytes + e.commands * 32768, 0);
      return bytes.every((b) => b > 0) && bytes.reduce((a, b) => a + b, 0) <= most;
    }),
    { numRuns: 100 },
  );
  t.pass();
});

t.test('what the IOMMU refuses goes nowhere', async (t) => {
  // as QEMU 7.2.22 prints them
  const faults = {
    intel: 'vtd_dmar_fault sid 0x200 fault 6 addr 0xffff0000 write 0\n',
    virtio: 'virtio_iommu_report_fault FAULT reason=2 flags=256 endpoint=512 address =0xffff0000\n',
  };
  for (const fault of Object.values(faults)) {
    const text = command(1, 8192) + map(iova, 8192) + fault + fault + translate(iova + 4096, ram);
    t.match(await read(t.testdir(), text), [{ bytesByRegion: { 'iommu-fault': 4096, ram: 4096 } }]);
    const foreign = fault.replace('0x200', '0x300').replace('512', '768');
    t.match(await read(t.testdir(), command(1, 4096) + map(iova, 4096) + foreign), [
      { bytesByRegion: { 'not-attributable': 4096 } },
    ]);
  }
});

t.test('faults of two pages that look alike are told apart', async (t) => {
  const fault = (address: string) =>
    `virtio_iommu_report_fault FAULT reason=2 flags=256 endpoint=512 address =${address}\n`;
  const text = command(1, 8192) + map(0xf4000000, 8192) + fault('0xf4000000') + fault('0xf4001000');
  t.match(await read(t.testdir(), text), [{ bytesByRegion: { 'iommu-fault': 8192 } }]);
});
