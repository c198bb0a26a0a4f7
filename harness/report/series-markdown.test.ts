import t from 'tap';
import { sampleSeries } from './sample-series.test.support.js';
import { seriesMarkdown } from './series-markdown.js';

t.test('Markdown of a series: what changed, the grid, how to reproduce', async (t) => {
  t.equal(
    seriesMarkdown(sampleSeries()),
    `## p2plab: patch 2 breaks 1 row, patch 3 repairs 1 row

\`"Count faster" (v2, 3 patches) on p2pmem-6.12\`

- \`patch 2 (Free by whole pages) breaks p2pmem-allocate [provider=nvme0]\`: \`p2pmem of nvme0: 8192 B are still taken\`
- \`patch 3 (Round up) repairs p2pmem-allocate [provider=nvme0]\`: \`p2pmem of nvme0: 8192 B are still taken\`

|  | \`base\` | \`1\` \`Count\` | \`2\` \`Free by whole pages\` | \`3\` \`Round up\` |
| --- | --- | --- | --- | --- |
| \`checkpatch\` | \`-\` | \`warn 1\` | \`pass\` | \`pass\` |
| \`p2pmem-allocate [provider=nvme0]\` | \`pass\` | \`pass =base\` | \`fail 3/3\` | \`pass\` |
| \`kunit\` | \`fail 3/3\` | \`fail 3/3\` | \`broken\` | \`fail 3/3\` |

Worth a look:

- \`checkpatch\`, \`1\`: \`CHECK: long line\`
- \`kunit\`, \`2\`: \`QEMU ended\`

To reproduce:

\`\`\`text
p2plab repro p2plab-runs/v2/cells/2/run-1/results/p2pmem-allocate.provider=nvme0  # patch 2
\`\`\`
`,
  );
});

t.test('names of patches and scenarios are no markup', async (t) => {
  const columns = sampleSeries().document.columns.map((column) => ({ ...column, subject: '](x) | <b> `' }));
  const text = seriesMarkdown(sampleSeries({ columns }));
  t.match(text, '`` ](x) \\x7c <b> ` ``');
});

t.test('runs without which nothing is settled are named, as many as can be read', (t) => {
  const one = seriesMarkdown(sampleSeries({ open: ['2: copy, run 2', '2: <b>, run 3'] }));
  t.match(
    one,
    '\n\nNot settled, since these runs are not there:\n\n- `2: copy, run 2`\n- `2: <b>, run 3`\n\n|',
  );
  const open = Array.from({ length: 25 }, (_, n) => `${n}: copy`);
  t.match(seriesMarkdown(sampleSeries({ open })), '- `19: copy`\n- and 5 more\n\n');
  t.end();
});
