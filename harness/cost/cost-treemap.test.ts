import t from 'tap';
import { create } from 'xmlbuilder2';
import { costTreemap } from './cost-treemap.js';
import { functionCost as f, stepCost } from './cost.test.support.js';

const p2p = { area: 'p2pmem' };
const base = stepCost([f('blk_mq_submit_bio', 170), f('blk_old', 40), f('map_segment', 68, p2p)]);
const head = stepCost([f('blk_mq_submit_bio', 170), f('map_segment', 75, p2p), f('lookup', 31, p2p)]);
const svg = costTreemap('bench-p2pmem [provider=shm0]', base, head);

t.test('a file that needs nothing else, and has its colours', async (t) => {
  t.equal(create(svg).root().node.nodeName, 'svg');
  t.notMatch(svg, /<script|href=|url\((?!#)/);
  for (const [, name] of svg.matchAll(/var\((--\w+)\)/g)) t.match(svg, `${name}:#`);
});

t.test('a screen reader is told the sum and what changed', async (t) => {
  t.match(svg, 'aria-labelledby="title desc"');
  t.match(
    svg,
    '<title id="title">Cost of bench-p2pmem [provider=shm0], write on host: 278.0 to 276.0 instructions per I/O (-2.0)</title>',
  );
  t.match(
    svg,
    'Changed: blk_old: 40.0 → gone (-40.0); lookup: new → 31.0 (+31.0); map_segment: 68.0 → 75.0 (+7.0).',
  );
});

t.test('without its colours it tells as much: by pattern, and by the number', async (t) => {
  const leaf = (name: string) => new RegExp(`<g><title>${name}: .*?</g></g>`).exec(svg)?.[0];
  t.match(leaf('map_segment'), /fill="url\(#more\)".*>\+7\.0</s);
  t.match(leaf('blk_old'), /fill="url\(#less\)".*>-40\.0</s);
  t.match(leaf('blk_mq_submit_bio'), /fill="var\(--raised\)".*>170\.0</s);
});

/** Width times height, by the function that a rectangle is of. */
const areaOf = (name: string): number => {
  const [, width, height] = new RegExp(
    `<title>${name}: [^<]*</title><rect [^>]*width="(\\d+)" height="(\\d+)"`,
  ).exec(svg)!;
  return Number(width) * Number(height);
};

t.test('a rectangle is as large as the greater of the two costs', async (t) => {
  const perInstruction = areaOf('blk_mq_submit_bio') / 170;
  t.ok(Math.abs(areaOf('blk_old') / 40 / perInstruction - 1) < 0.05);
  t.ok(Math.abs(areaOf('map_segment') / 75 / perInstruction - 1) < 0.1);
});

t.test('names are never markup', async (t) => {
  const live = stepCost([f('</text><script>alert(1)</script>\u001b', 170)]);
  const hostile = costTreemap('<b>', live, live);
  t.notMatch(hostile, /<script|<b>|\u001b/);
  t.equal(create(hostile).root().node.nodeName, 'svg');
});
