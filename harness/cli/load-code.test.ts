import { execa } from 'execa';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import Module from 'node:module';
import path from 'node:path';
import t, { type Test } from 'tap';
import { Script } from 'node:vm';
import { crc32 } from 'node:zlib';
import { commandFile } from '../common/paths.js';
import { compiledFile, loadCode, readCompiled } from './load-code.js';

type Sample = { sum: number; where: string[]; path: typeof path };

/** A file with other code than all before: V8 remembers what it compiled in a process. */
function codeFile(t: Test, n: number): string {
  const text = `exports.sum = 1 + ${n}; exports.where = [__filename, __dirname]; exports.path = require('node:path');`;
  return path.join(t.testdir({ [`code-${n}.cjs`]: text }), `code-${n}.cjs`);
}

/** Keeps what V8 makes of it in another process. @returns the path of that */
async function compile(file: string): Promise<string> {
  const script = `import { loadCode, writeCompiled } from '${new URL('load-code.js', import.meta.url).href}';
    writeCompiled('${file}', loadCode('${file}').script);`;
  await execa(process.execPath, ['--input-type=module', '-e', script]);
  return compiledFile(file);
}

t.test('code runs as by require', (t) => {
  const file = codeFile(t, 1);
  const { exports, script } = loadCode<Sample>(file);
  t.equal(exports.sum, 2);
  t.strictSame(exports.where, [file, path.dirname(file)]);
  t.equal(exports.path.sep, '/');
  t.equal(script.cachedDataRejected, undefined);
  t.end();
});

t.test('what V8 made of it is taken', async (t) => {
  const file = codeFile(t, 2);
  await compile(file);
  const { exports, script } = loadCode<Sample>(file);
  t.equal(script.cachedDataRejected, false);
  t.equal(exports.sum, 3);
});

t.test('what another V8 made is refused, and the code runs all the same', async (t) => {
  const file = codeFile(t, 3);
  const compiled = await compile(file);
  const made = readCompiled(file)!;
  made.fill(0, 0, 32); // V8's own head: version and settings
  const head = Buffer.alloc(8);
  head.writeUInt32LE(crc32(made));
  writeFileSync(compiled, Buffer.concat([head, made]));
  const { exports, script } = loadCode<Sample>(file);
  t.equal(script.cachedDataRejected, true);
  t.equal(exports.sum, 4);
});

t.test('nor is what is damaged taken, on which V8 would crash', async (t) => {
  const compiled = await compile(codeFile(t, 4));
  const whole = readFileSync(compiled);
  const flipped = Buffer.from(whole);
  flipped[whole.length - 9]! ^= 1;
  const damaged = [
    flipped,
    whole.subarray(0, -1),
    Buffer.from(''),
    Buffer.from('garbage'),
    Buffer.alloc(5000, 7),
  ];
  for (const [n, bytes] of damaged.entries()) {
    const file = codeFile(t, 10 + n);
    writeFileSync(compiledFile(file), bytes);
    const { exports, script } = loadCode<Sample>(file);
    t.equal(script.cachedDataRejected, undefined);
    t.equal(exports.sum, 11 + n);
  }
});

t.test('no package is imported in a way that compiled code does not know', (t) => {
  const folder = path.dirname(commandFile);
  const code = readdirSync(folder).find((name) => /^p2plab-\w+\.cjs$/.test(name))!;
  t.strictSame(readFileSync(path.join(folder, code), 'latin1').match(/^[^*/]*(?<![\w.])import\(.*/gm), null);
  t.end();
});

t.test('the command has been compiled by this V8, and is in few files', (t) => {
  const folder = path.dirname(commandFile);
  const [code = '', ...others] = readdirSync(folder).filter((name) => /^p2plab-\w+\.cjs$/.test(name));
  t.strictSame(others, []);
  t.match(readFileSync(commandFile, 'utf8'), JSON.stringify(code));
  const file = path.join(folder, code);
  const cachedData = readCompiled(file);
  // the way it is loaded, but not run: it is this process' own command line
  const wrapped = Module.wrap(readFileSync(file, 'latin1'));
  const script = new Script(wrapped, { filename: file, cachedData });
  t.equal(script.cachedDataRejected, false);
  t.end();
});

t.test('the command starts without what V8 made of it', async (t) => {
  const bundle = path.dirname(commandFile);
  const dir = t.testdir({ dist: { bundle: {} }, 'package.json': '{"version":"1.2.3"}' });
  for (const name of readdirSync(bundle).filter((file) => file.endsWith('.cjs')))
    writeFileSync(path.join(dir, 'dist/bundle', name), readFileSync(path.join(bundle, name)));
  const { stdout } = await execa(process.execPath, [path.join(dir, 'dist/bundle/main.cjs'), '--version']);
  t.equal(stdout, '1.2.3');
});
