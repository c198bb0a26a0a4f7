import t from 'tap';
import { cellsOf, summed, type SpeedRow } from './speed-row.js';

const row: SpeedRow = {
  ...{ what: 'run', comparedWith: 'by hand', unit: '×', goal: 1.3 },
  ...{ values: [1.2, 1.501, 1.4], from: [], loads: [0.5, 0.5, 2] },
};

t.test('the median counts, with its spread and the load', async (t) => {
  t.strictSame(cellsOf(summed(row)), [
    ...['run', 'by hand', '≤ 1.3 ×', '1.4 × (over)', '1.2 to 1.5', '3', '0.5 to 2'],
  ]);
});

t.test('one value has no spread', async (t) => {
  t.strictSame(cellsOf(summed({ ...row, values: [1.3], loads: [1] })).slice(3), ['1.3 ×', '1.3', '1', '1']);
});
