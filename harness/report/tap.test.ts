import fc from 'fast-check';
import t from 'tap';
import { parse } from 'yaml';
import { inertLine } from './inert-text.js';
import { failed, result, skipped } from './sample.test.support.js';
import { tapLines } from './tap.js';

t.test('a pass is one line', async (t) => {
  t.equal(tapLines(1, 'copy [provider=shm0]', result()), 'ok 1 - copy [provider=shm0]\n');
});

t.test('a skip says why', async (t) => {
  t.equal(
    tapLines(2, 'nvmeof', skipped),
    'ok 2 - nvmeof # SKIP kernel k is built without CONFIG_NVME_RDMA\n',
  );
});

t.test('a failure says what was wanted and what was found', async (t) => {
  t.equal(
    tapLines(3, 'copy [provider=nvme0]', failed),
    `not ok 3 - copy [provider=nvme0]
  ---
  outcome: fail
  reasons:
    - "0 % of nvme1's data went through nvme0's BAR in step write: ram 8192 B"
  failed:
    - name: "write: data of nvme1 goes through nvme0's BAR"
      want: at least 99 %
      got: 0 %
  ...
`,
  );
});

t.test('a broken one is not ok', async (t) => {
  const text = tapLines(4, 'copy', result({ outcome: 'broken', reasons: ['QEMU ended'], checks: [] }));
  t.match(text, /^not ok 4 - copy\n {2}---\n {2}outcome: broken\n/);
});

t.test('nothing in a title is a directive or another line', async (t) => {
  t.equal(tapLines(1, 'a # SKIP \\ b\nok 2 - c', result()), 'ok 1 - a \\# SKIP \\\\ b ok 2 - c\n');
});

t.test('whatever the reasons are, they can be read back, and no line of them is a test point', async (t) => {
  const text = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(fc.array(text), text, (reasons, got) => {
      const checks = [{ name: 'c', ok: false, want: 'w', got }];
      const [point, open, ...rest] = tapLines(1, 'x', result({ outcome: 'fail', reasons, checks })).split(
        '\n',
      );
      const [last, close] = [rest.pop(), rest.pop()];
      t.same([point, open, close, last], ['not ok 1 - x', '  ---', '  ...', '']);
      const block = rest.map((line) => line.slice(2)).join('\n');
      t.ok(rest.every((line) => line === '' || line.startsWith('  ')));
      const inert = reasons.map(inertLine);
      t.same(parse(block), {
        outcome: 'fail',
        reasons: inert,
        failed: [{ name: 'c', want: 'w', got: inertLine(got) }],
      });
    }),
    { numRuns: 100, examples: [[['\n'], '\n\n']] },
  );
});
