import t from 'tap';
import { comparisonTable } from './comparison-table.js';
import { header, result } from './sample.test.support.js';

const [base] = header.kernels;
const series = (name: string, linesAdded: number) => ({ name, patches: ['0001-a.patch'], linesAdded });
const helper = { ...base!, name: 'helper', series: [series('enable', 100)] };
const device = { ...base!, name: 'device', series: [series('enable', 100), series('device', 250)] };
const tells = (kernel: string, property: string, value: string) =>
  result({ kernel, comparison: [{ property, value }] });

t.test('a property a row, a kernel a column, a dash where no run tells', (t) => {
  const results = [
    tells('helper', 'place', '0000:05:00.0'),
    tells('device', 'place', 'p2pmem0'),
    tells('device', 'ranges', '2'),
  ];
  t.equal(
    comparisonTable(results, [helper, device]),
    [
      'property                           helper        device',
      'place                              0000:05:00.0  p2pmem0',
      'ranges                             –             2',
      'lines of code added to the kernel  enable 100    enable 100, device 250',
    ].join('\n'),
  );
  t.end();
});

t.test('variants that tell different values are all shown, the same once', (t) => {
  const results = ['1', '2', '1'].map((value) => tells('helper', 'ns', value));
  t.match(comparisonTable(results, [helper, device]), /^ns +1, 2 +–$/m);
  t.end();
});

t.test('nothing to compare, or one kernel only, is no table', (t) => {
  t.equal(comparisonTable([result()], [helper, device]), undefined);
  t.equal(comparisonTable([tells('helper', 'ns', '1')], [helper]), undefined);
  t.end();
});

t.test('a value that a guest made up moves no cursor', (t) => {
  const table = comparisonTable([tells('helper', 'ns', '\x1b[2J\r1')], [helper, device]);
  t.match(table, /^ns +\\x1b\[2J\\x0d1 +–$/m);
  t.end();
});
