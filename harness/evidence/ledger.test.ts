import t from 'tap';
import { joinLedgers, type LedgerEntry } from './ledger.js';

const entry = (over: Partial<LedgerEntry>): LedgerEntry => ({
  ...{ drive: 'nvme1', direction: 'write', commands: 1, commandBytes: 4096, bytesByRegion: { ram: 4096 } },
  ...over,
});

t.test('two stretches of a drive in one direction are one entry', (t) => {
  const first = { entries: [entry({ bytesByRegion: { shm0: 4096 } })], configReads: 2 };
  const second = {
    entries: [entry({ unattributed: '0x1000' }), entry({ direction: 'read' })],
    configReads: 1,
  };
  t.strictSame(joinLedgers(first, second), {
    entries: [
      entry({
        ...{ commands: 2, commandBytes: 8192, bytesByRegion: { shm0: 4096, ram: 4096 } },
        unattributed: '0x1000',
      }),
      entry({ direction: 'read' }),
    ],
    configReads: 3,
  });
  t.strictSame(first.entries[0]!.bytesByRegion, { shm0: 4096 }, 'and what was joined stays as it was');
  t.end();
});

t.test('without an earlier stretch it is the later one', (t) => {
  t.strictSame(joinLedgers(undefined, { entries: [entry({})] }), {
    entries: [entry({})],
    configReads: 0,
  });
  t.end();
});
