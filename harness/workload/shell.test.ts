import t from 'tap';
import { samplesOf, scriptsOf } from './sample.test.support.js';
import { shell } from './shell.js';

const params = { script: 'echo sample x 1\n' };

t.test('the script is run as written', async (t) => {
  t.strictSame(scriptsOf(shell, params), [params.script]);
});

t.test('sample lines of the output are recorded, numbers as numbers', async (t) => {
  const output =
    'sample pages 37\nother output\nsample rate 1.5 MB/s\nsample state live\n sample no 1\nsample no\n';
  t.same(samplesOf(shell, params, output), [
    { name: 'pages', value: 37, unit: undefined },
    { name: 'rate', value: 1.5, unit: 'MB/s' },
    { name: 'state', value: 'live', unit: undefined },
  ]);
});
