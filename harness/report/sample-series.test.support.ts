import type { Cell } from '../series/grid.js';
import type { SeriesDocument } from '../series/series-document.js';
import type { LoadedSeries } from './series-formats.js';

const pass: Cell = { outcome: 'pass', reasons: [] };
const fail: Cell = {
  outcome: 'fail',
  reasons: ['p2pmem of nvme0: 8192 B are still taken'],
  tries: { failed: 3, of: 3, broken: 0 },
  folder: 'cells/2/run-1/results/p2pmem-allocate.provider=nvme0',
};
const seconds = [4, 33, 41.5, 30];

/** A series whose second patch breaks what its third repairs. */
export function sampleSeries(over: Partial<SeriesDocument> = {}): LoadedSeries {
  const row = 'p2pmem-allocate [provider=nvme0]';
  const subjects = ['', 'Count', 'Free by whole pages', 'Round up'];
  const document: SeriesDocument = {
    schema: 'p2plab.series/1',
    id: '2026-11-27T021500Z-1a2b',
    series: {
      form: 'mbox',
      origin: '/patches/v2.mbx',
      title: 'Count faster',
      version: 2,
      messageId: '<20261126.1@example.org>',
    },
    kernel: 'p2pmem-6.12',
    before: [],
    startedAt: '2026-11-27T02:15:00.000Z',
    endedAt: '2026-11-27T02:18:00.000Z',
    state: 'finished',
    columns: subjects.map((subject, n) => ({
      name: n === 0 ? 'base' : `${n}`,
      subject,
      seconds: seconds[n]!,
    })),
    rows: [
      {
        name: 'checkpatch',
        cells: [
          { ...pass, outcome: 'not-run' },
          { ...pass, outcome: 'warn', reasons: ['CHECK: long line'] },
          pass,
          pass,
        ],
      },
      { name: row, cells: [pass, { ...pass, sameAs: 'base' }, fail, pass] },
      { name: 'kunit', cells: [fail, fail, { ...pass, outcome: 'broken', reasons: ['QEMU ended'] }, fail] },
    ],
    changes: [
      { patch: '2', row, what: 'breaks', reason: fail.reasons[0]! },
      { patch: '3', row, what: 'repairs', reason: fail.reasons[0]! },
    ],
    ...over,
  };
  return { dir: 'p2plab-runs/v2', document };
}
