import t from 'tap';
import { compareCosts } from './compare-costs.js';
import { costTable, costText } from './cost-text.js';
import { functionCost as f, stepCost } from './cost.test.support.js';

const p2p = { area: 'p2pmem' };
const base = stepCost(
  [
    f('gup_fast_fallback', 272, { area: 'memory', spread: 1.2 }),
    f('blk_mq_submit_bio', 170),
    f('bio_split', 31),
    f('pci_p2pdma_map_segment', 68, p2p),
    f('old', 4.04),
  ],
  [{ name: '_raw_spin_lock', perIo: 20, spread: 2, why: 'locks' }],
);
const head = stepCost(
  [
    f('gup_fast_fallback', 271, { area: 'memory' }),
    f('blk_mq_submit_bio', 200, { inlined: { bio_split: 30 } }),
    f('pci_p2pdma_map_segment', 75, p2p),
    f('p2pmem_lookup', 31, p2p),
  ],
  [{ name: '_raw_spin_lock', perIo: 60, spread: 2, why: 'locks' }],
);
const unchangedStep = { ...stepCost([f('blk_mq_submit_bio', 170)]), step: 'read' };

const compared = `write on host, I/Os of 4 KiB
instructions per I/O: 545.0 -> 577.0 (+32.0, +5.86 %)
in functions that changed: +33.0; the rest moves from boot to boot
instructions per MiB: 139,530 -> 147,712

area                   base   head   change
memory                 272.0  271.0  -1.0
block                  205.0  200.0  -5.0
p2pmem                 68.0   106.0  +38.0
sum over the I/O path  545.0  577.0  +32.0

function                area    base  head  change
p2pmem_lookup           p2pmem  new   31.0  +31.0
pci_p2pdma_map_segment  p2pmem  68.0  75.0  +7.0
old                     block   4.0   gone  -4.0

Moved by inlining:
  bio_split 31.0 -> 30.0 (-1.0), inlined into blk_mq_submit_bio now

Unchanged: gup_fast_fallback 271.0.

Changed, and in no sum, as it is set apart:
function        why    base  head  change
_raw_spin_lock  locks  20.0  60.0  +40.0

read on host, I/Os of 4 KiB
instructions per I/O: 170.0 -> 170.0 (0.0, 0.00 %)
in functions that changed: 0.0; the rest moves from boot to boot
instructions per MiB: 43,520 -> 43,520

area                   base   head   change
block                  170.0  170.0  0.0
sum over the I/O path  170.0  170.0  0.0

No function of the I/O path changed.

Unchanged: blk_mq_submit_bio 170.0.

only in base: trim on host

Instructions of the guest kernel, counted one by one. They do not tell
of caches and branches, of the time that a device or its DMA takes, of
locks that several processors want at once, nor of what user space does.
`;

t.test('what changed, in words of at most 78 columns', async (t) => {
  const trim = { ...unchangedStep, step: 'trim' };
  const text = costText(compareCosts([base, unchangedStep, trim], [head, unchangedStep]));
  t.equal(text, compared);
});

const table = `write on host, I/Os of 4 KiB (1024 of them)
instructions per I/O: 545.0
instructions per MiB: 139,530

area    per I/O
memory  272.0
block   205.0
p2pmem  68.0

function                area    per I/O
gup_fast_fallback       memory  272.0    +-0.6
blk_mq_submit_bio       block   170.0
bio_split               block   31.0
pci_p2pdma_map_segment  p2pmem  68.0
old                     block   4.0

Set apart, as it differs from run to run:
                                   per I/O
locks  taken by all of these, too  20.0

dearest of it          per I/O
_raw_spin_lock  locks  20.0     +-1.0
`;

t.test('what one run costs', async (t) => {
  t.equal(costTable(base), table);
});

/** A step and a machine with names as long as they can be. */
const named = (...costs: Parameters<typeof stepCost>) => ({
  ...stepCost(...costs),
  ...{ step: 's'.repeat(60), machine: 'm'.repeat(60) },
});

t.test('no line is wider than 78 columns, however long the names are, and none is live', async (t) => {
  const long = `x${'\u001b[31m'.repeat(20)}${'y'.repeat(90)}`;
  const one = named(
    [f(long, 5, { area: 'dma mapping' })],
    [{ name: long, perIo: 9, spread: 1, why: 'wanders' }],
  );
  const other = named([f('a', 1)], [{ name: 'b', perIo: 90, spread: 1, why: 'interrupt' }]);
  const apart = { ...other, apart: [] };
  for (const text of [
    costTable(one),
    costText(compareCosts([{ ...one, apart: [] }], [apart])),
    costText(compareCosts([one], [other])),
  ]) {
    t.ok(
      text.split('\n').every((line) => line.length <= 78),
      text,
    );
    t.notMatch(text, /\u001b/);
  }
});

t.test('a full table is told', async (t) => {
  const full = { ...base, incomplete: true };
  t.match(costTable(full), '\nincomplete: the table of the QEMU plugin was full\n');
  t.match(costText(compareCosts([base], [full])), '\nincomplete: the table of the QEMU plugin was full\n');
});
