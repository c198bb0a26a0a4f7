import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { readScenarios } from './find-scenarios.js';
import { isFit, told } from './told-of-file.test.support.js';

t.test('files that are made to take all memory or time are refused', async (t) => {
  const head = 'name: x\ntitle: X\ntags: [copy]\n';
  const aliases = ['a: &a [x, x, x, x, x, x, x, x, x]'];
  for (let n = 1; n < 12; n++)
    aliases.push(
      `${'abcdefghijkl'[n]}: &${'abcdefghijkl'[n]} [${Array(9)
        .fill(`*${'abcdefghijkl'[n - 1]}`)
        .join()}]`,
    );
  const matrix = 'abcdefghij'
    .split('')
    .map((key) => `  ${key}: [${Array.from({ length: 100 }, (_, n) => `v${n}`).join()}]`);
  const attacks = {
    aliases: aliases.join('\n'),
    nesting: `${head}steps: ${'['.repeat(60_000)}`,
    maps: `${head}steps: ${'{a: '.repeat(15_000)}`,
    matrix: `${head}matrix:\n${matrix.join('\n')}`,
    itself: `${head}steps: &a [*a]`,
    steps: `${head}steps:\n${'  - nonsense: {}\n'.repeat(3_000)}`,
    keys: Array.from({ length: 6_000 }, (_, n) => `k${n}: 1`).join('\n'),
    long: `${head}# ${'x'.repeat(1_000_000)}\n`,
    line: `name: ${'x'.repeat(60_000)}`,
    binary: '\0'.repeat(60_000),
    variables: `${head}params: {a: '${'${a}'.repeat(10_000)}'}`,
  };
  for (const [name, text] of Object.entries(attacks)) {
    const lines = told(text);
    t.ok(lines.length > 1 && isFit(lines), `${name}: ${lines.slice(0, 2).join(' | ').slice(0, 300)}`);
    t.ok(lines.join('\n').length < 100_000, `${name}: what is told of it is short`);
  }
});

t.test('what is no file, or no text', async (t) => {
  const dir = t.testdir();
  mkdirSync(path.join(dir, 'folder.yaml'));
  writeFileSync(path.join(dir, 'latin.yaml'), Buffer.from([0x6e, 0xff, 0xfe, 0x00]));
  for (const file of [`${dir}/folder.yaml`, `${dir}/latin.yaml`, `${dir}/none.yaml`])
    await t.rejects(readScenarios([file]), { name: 'HarnessError' });
});
