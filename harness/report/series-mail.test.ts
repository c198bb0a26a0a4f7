import PostalMime from 'postal-mime';
import t from 'tap';
import { sampleSeries } from './sample-series.test.support.js';
import { gridTables, seriesMail } from './series-mail.js';

const now = new Date('2026-11-27T03:00:00Z');

t.test('a mail of a series tells first what each patch changed', async (t) => {
  const inReplyTo = '<20261126.1@example.org>';
  const text = await seriesMail(sampleSeries(), { now, inReplyTo });
  t.match(text, '\nContent-Transfer-Encoding: 7bit\n', 'as it is');
  const mail = await PostalMime.parse(text);
  t.equal(mail.subject, 'Re: [p2plab] patch 2 breaks 1 row, patch 3 repairs 1 row: Count faster');
  t.equal(mail.inReplyTo, inReplyTo);
  t.equal(
    mail.text,
    `p2plab ran "Count faster" (v2, 3 patches) on p2pmem-6.12: patch 2 breaks
1 row, patch 3 repairs 1 row.

What changed
------------
* patch 2 (Free by whole pages) breaks p2pmem-allocate [provider=nvme0]
    p2pmem of nvme0: 8192 B are still taken
* patch 3 (Round up) repairs p2pmem-allocate [provider=nvme0]
    p2pmem of nvme0: 8192 B are still taken

Fails without the series, too:
* kunit

Grid
----
                                  base      1           2         3
checkpatch                        -         warn 1      pass      pass
p2pmem-allocate [provider=nvme0]  pass      pass =base  fail 3/3  pass
kunit                             fail 3/3  fail 3/3    broken    fail 3/3

Worth a look
------------
* checkpatch, 1: warn 1
    CHECK: long line
* kunit, 2: broken
    QEMU ended

How to reproduce
----------------
patch 2:
  $ p2plab repro \\
      p2plab-runs/v2/cells/2/run-1/results/p2pmem-allocate.provider=nvme0
`,
  );
});

t.test('a long series has several tables, none wider than a mail', async (t) => {
  const { document } = sampleSeries();
  const wide = {
    columns: Array.from({ length: 24 }, (_, n) => ({ name: `${n}`, subject: '' })),
    rows: document.rows.map((row) => ({
      ...row,
      cells: Array.from({ length: 24 }, (_, n) => row.cells[n % 4]!),
    })),
  };
  const tables = gridTables(wide);
  t.ok(tables.length > 1);
  t.equal(tables.flatMap((table) => table.split('\n')[0]!.trim().split(/\s+/)).length, 24, 'all columns');
  t.same(
    tables.flatMap((table) => table.split('\n')).filter((line) => line.length > 76),
    [],
  );
});

t.test('runs without which nothing is settled are named', async (t) => {
  const mail = await seriesMail(sampleSeries({ open: ['2: copy, run 2'] }), { now: new Date(0) });
  const title = 'Not settled, since these runs are not there';
  t.match(mail, `${title}\n${'-'.repeat(title.length)}\n* 2: copy, run 2\n`);
});
