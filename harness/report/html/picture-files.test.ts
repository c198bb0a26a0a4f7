import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { create } from 'xmlbuilder2';
import { loaded, options, recorded } from '../recorded.test.support.js';
import { result } from '../sample.test.support.js';
import { writeReport } from '../write-report.js';
import { throughputOfRun } from './picture-files.js';

t.test('pictures of the run and of each result are files that need nothing else', async (t) => {
  const out = t.testdir();
  const file = await writeReport(await recorded('mutant'), 'svg', out, options);
  t.equal(file, path.join(out, 'pictures/throughput.svg'));
  const files = readdirSync(path.join(out, 'pictures')).sort();
  t.same(files, [
    'nvme-copy-p2p.provider=nvme0.throughput.svg',
    'nvme-copy-p2p.provider=nvme0.topology.host.svg',
    'nvme-copy-p2p.provider=shm0.throughput.svg',
    'throughput.svg',
  ]);
  for (const name of files) {
    const svg = readFileSync(path.join(out, 'pictures', name), 'utf8');
    t.equal(create(svg).root().node.nodeName, 'svg', name);
    const used = new Set([...svg.matchAll(/var\((--\w+)\)/g)].map(([, colour]) => colour!));
    for (const colour of used) t.match(svg, `${colour}:#`, `${name} has ${colour}`);
  }
});

t.test('a run without throughput says so', async (t) => {
  const svg = await throughputOfRun(loaded([result({ metrics: [] })]), options);
  t.match(svg, 'aria-label="No throughput was measured"');
});
