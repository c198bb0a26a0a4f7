import { execa } from 'execa';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { packageRoot } from '../common/paths.js';
import { parseLogLine } from '../evidence/kernel-log-line.js';
import { shellLogPatterns } from './repro-log.js';

const testdata = path.join(packageRoot, 'harness/evidence/testdata');

/** The kernel's text of a captured log. */
const textOf = (file: string) =>
  readFileSync(path.join(testdata, file), 'utf8')
    .split('\n')
    .map((line) => parseLogLine(line).text)
    .join('\n');

const grep = async (ere: string, input: string) =>
  (await execa('grep', ['-E', '-c', '-e', ere], { input, reject: false, env: { LC_ALL: 'C' } })).exitCode;

t.test('grep finds in every captured log what the harness finds there', async (t) => {
  const patterns = shellLogPatterns();
  for (const file of readdirSync(testdata).filter((name) => name.endsWith('.log'))) {
    const wanted = [...readFileSync(path.join(testdata, file), 'utf8').matchAll(/^PATTERN: (\S+)$/gm)];
    for (const [, name] of wanted) {
      const eres = patterns.filter((pattern) => pattern.name === name).map(({ ere }) => ere);
      const found = await Promise.all(eres.map((ere) => grep(ere, textOf(file))));
      t.ok(found.includes(0), `${file}: ${name}`);
    }
  }
});

t.test(
  'grep finds nothing in the log of a healthy kernel, and every pattern is one that grep takes',
  async (t) => {
    for (const { name, ere } of shellLogPatterns()) t.equal(await grep(ere, textOf('healthy.log')), 1, name);
  },
);
