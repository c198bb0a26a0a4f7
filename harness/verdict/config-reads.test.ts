import t from 'tap';
import type { Evidence } from '../evidence/evidence.js';
import type { DataExpectation } from '../scenario/scenario.js';
import { checkData } from './check-data.js';

const reads = (configReads: number | undefined, found: number | undefined) => {
  const entry = {
    drive: 'nvme1',
    direction: 'write',
    commands: 1,
    commandBytes: 8,
    bytesByRegion: { shm0: 8 },
  };
  const evidence = {
    scenario: { without: [], steps: [] },
    steps: [{ name: 'copy', samples: [], ledgers: { host: { entries: [entry], configReads: found } } }],
  } as unknown as Evidence;
  const claim: DataExpectation = {
    type: 'data',
    steps: ['copy'],
    drive: 'nvme1',
    through: 'shm0',
    atLeast: 1,
    configReads,
  };
  return checkData(claim, evidence).filter(({ name }) => name.endsWith('config space'));
};

t.test('config space is left alone', async (t) => {
  t.match(reads(0, 0), [{ ok: true, want: '0', got: '0' }]);
});

t.test('a path that is looked for again is told', async (t) => {
  t.match(reads(0, 12), [
    { ok: false, blame: 'kernel', reason: 'PCI config space was read 12 times in step copy, not 0' },
  ]);
});

t.test('nobody asked', async (t) => {
  t.same(reads(undefined, 12), []);
});
