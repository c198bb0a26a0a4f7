import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { packageRoot } from '../common/paths.js';
import { logPatternNames } from '../scenario/log-pattern-names.js';
import { KernelLogReader } from './kernel-log.js';
import { logPatterns } from './log-patterns.js';

// Every file of testdata/ begins with lines `TITLE: ...` and `PATTERN: ...`, a pair for each finding in order, and
// `SOURCE: ...`, which says how it was captured or from which printk() it was written. Then comes the console's text.

const dir = path.join(packageRoot, 'harness/evidence/testdata');
const tested = new Set<string>();

for (const file of readdirSync(dir).filter((name) => name.endsWith('.log'))) {
  const [, header = '', console = ''] = /^((?:[A-Z]+: .*\n)*)\n([^]*)$/.exec(
    readFileSync(path.join(dir, file), 'latin1'),
  )!;
  const values = (key: string) => [...header.matchAll(new RegExp(`^${key}: (.*)$`, 'gm'))].map((m) => m[1]!);
  const patterns = values('PATTERN');
  patterns.forEach((pattern) => tested.add(pattern));

  t.test(file, (t) => {
    const reader = new KernelLogReader();
    for (const line of console.split('\n')) reader.take(line);
    reader.end();
    t.strictSame(
      reader.findings.map(({ pattern, title }) => ({ pattern, title })),
      values('TITLE').map((title, n) => ({ pattern: patterns[n], title })),
    );
    t.ok(values('SOURCE').length > 0, 'it says where it is from');
    t.end();
  });
}

t.test('every row of the table has a log, and every name a row', (t) => {
  const rows = logPatterns.map(({ name }) => name);
  t.strictSame(
    rows.filter((name) => !tested.has(name)),
    [],
  );
  t.strictSame([...rows].sort(), [...logPatternNames].sort());
  t.end();
});
