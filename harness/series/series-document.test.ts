import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import type { Grid } from './grid.js';
import type { PatchSeries } from './patch-series.js';
import { readSeriesFile, seriesFile } from './series-document.js';

const series: PatchSeries = {
  form: 'folder',
  origin: '/patches',
  title: 'count faster',
  version: 2,
  prerequisites: [],
  patches: [],
};
const grid: Grid = {
  columns: [
    { name: 'base', subject: '', seconds: 1 },
    { name: '1', subject: 'one', kernelId: 'aa' },
  ],
  rows: [
    {
      name: 'boots',
      cells: [
        { outcome: 'pass', reasons: [] },
        { outcome: 'fail', reasons: ['panic'], tries: { failed: 3, of: 3, broken: 0 }, folder: 'cells/1' },
      ],
    },
  ],
};

t.test('series.json is whole after each write, and is read again', async (t) => {
  const dir = t.testdir();
  const before = [path.join(dir, 'before/0001-x.patch')];
  const file = seriesFile(dir, { id: 'x', series, kernel: 'k', before });
  await file.write('running');
  t.match(await readSeriesFile(dir), {
    state: 'running',
    endedAt: null,
    columns: [],
    before: ['before/0001-x.patch'],
  });
  await file.write('finished', grid);
  t.match(await readSeriesFile(dir), {
    schema: 'p2plab.series/1',
    state: 'finished',
    endedAt: /Z$/,
    series: { title: 'count faster', version: 2 },
    ...grid,
    changes: [{ patch: '1', row: 'boots', what: 'breaks', reason: 'panic' }],
  });
  t.same(readdirSync(dir), ['series.json']);
});

t.test('a folder of something else', async (t) => {
  const dir = t.testdir();
  t.equal(await readSeriesFile(dir), undefined);
  const file = path.join(dir, 'series.json');
  writeFileSync(file, '{"schema": "p2plab.series/2"}');
  await t.rejects(readSeriesFile(dir), {
    blame: 'scenario',
    message: `${file} is not of p2plab series: ✖ Invalid input: expected "p2plab.series/1"`,
  });
});
