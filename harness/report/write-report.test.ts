import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { runJsonFile } from './file-reporters.js';
import { fanOut, type RunEvent } from './reporter.js';
import { failed, header, result } from './sample.test.support.js';
import { reportFile } from './write-report.js';

const events = (dir: string): RunEvent[] => [
  { type: 'started', dir, count: 2, run: header },
  { type: 'finished', title: 'copy', result: result() },
  { type: 'finished', title: 'copy', result: failed },
  { type: 'ended', dir, state: 'finished', results: [result(), failed] },
];

t.test('a run that ends leaves the reports that were asked for', async (t) => {
  const dir = t.testdir();
  const complaints: string[] = [];
  const all = fanOut([runJsonFile(dir), reportFile(dir, 'junit'), reportFile(dir, 'markdown')], (line) =>
    complaints.push(line),
  );
  for (const event of events(dir)) await all.on(event);
  t.same(complaints, []);
  t.match(readFileSync(path.join(dir, 'report.junit.xml'), 'utf8'), 'tests="2" failures="1"');
  t.match(readFileSync(path.join(dir, 'report.md'), 'utf8'), '## p2plab: 1 fail, 1 pass\n');
  t.notOk(existsSync(path.join(dir, 'report.md.new')));
});

t.test('one that cannot be written is told of, the others are', async (t) => {
  const dir = t.testdir({ 'report.md.new': {} });
  const complaints: string[] = [];
  const all = fanOut([runJsonFile(dir), reportFile(dir, 'markdown'), reportFile(dir, 'junit')], (line) =>
    complaints.push(line),
  );
  for (const event of events(dir)) await all.on(event);
  t.match(complaints, [/^reporter report\.md failed and is left out: EISDIR/]);
  t.ok(existsSync(path.join(dir, 'report.junit.xml')));
});

t.test('a run that never started has none, and nobody complains', async (t) => {
  const dir = t.testdir();
  await reportFile(dir, 'markdown').on({ type: 'ended', dir, state: 'broken', results: [] });
  t.notOk(existsSync(path.join(dir, 'report.md')));
});
