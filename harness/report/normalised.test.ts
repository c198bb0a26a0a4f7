import t from 'tap';
import { normaliseText } from './normalise-text.js';
import { loaded, recorded, render } from './recorded.test.support.js';
import { failed, result } from './sample.test.support.js';

t.test('what is another in each run has no part in it', async (t) => {
  for (const [text, want] of [
    ['oops during step a, console line 354', 'oops during step a, console line N'],
    ['got 1, the first in line 12: BUG', 'got 1, the first in line N: BUG'],
    ['wrote to 0xfe801000 after 12.5 s, pid 4711', 'wrote to 0xN after N s, pid N'],
    ['RIP ffff8880009ebd58 on CPU: 1', 'RIP ADDRESS on CPU N'],
    ['see /tmp/runs/1/console.log', 'see PATH'],
    ['270336 B in 167 samples', '270336 B in N samples'],
  ])
    t.equal(normaliseText(text!), want);
});

t.test('what tells two kernels apart stays', async (t) => {
  for (const text of [
    '0 % of data in shm0, ram 8192 B',
    'lib/genalloc.c:255',
    'distance 4, bus address',
    'nvme1/1',
  ])
    t.equal(normaliseText(text), text);
});

t.test('another order, times, ids and throughput make no difference', async (t) => {
  const a = result({ scenario: 'a', phases: { wallMs: 1 } });
  const b = result({ scenario: 'b', metrics: [{ name: 'w', value: 1, unit: 'MB/s', better: 'higher' }] });
  const again = [
    { ...b, metrics: b.metrics.map((metric) => ({ ...metric, value: 2 })) },
    { ...a, phases: { wallMs: 2 } },
  ];
  const over = { id: 'other', startedAt: '2027-01-01T00:00:00.000Z' };
  t.equal(await render('normalised', loaded([a, b])), await render('normalised', loaded(again, over)));
});

t.test('a verdict that is another makes one', async (t) => {
  const text = await render('normalised', loaded([failed]));
  t.match(text, 'fail copy [provider=nvme0]\n  reason: 0 % of nvme1');
  t.match(text, "\n  not ok: write: data of nvme1 goes through nvme0's BAR: want at least 99 %, got 0 %\n");
  t.match(text, '\n  ok: host: kernel log is clean\n');
});

t.test('two kernels: the real difference is in it', async (t) => {
  const lines = async (name: 'base' | 'mutant') =>
    new Set((await render('normalised', await recorded(name))).split('\n'));
  const [base, mutant] = [await lines('base'), await lines('mutant')];
  t.same(
    [...mutant].filter((line) => !base.has(line) && line.includes('gen_pool_destroy')),
    [
      '  reason: kernel BUG in gen_pool_destroy (lib/genalloc.c:255) during step rebind-nvme0, console line N',
      '  log of host: bug, kernel BUG in gen_pool_destroy, lib/genalloc.c:255, fingerprint 051fdad9b49d',
    ],
  );
});
