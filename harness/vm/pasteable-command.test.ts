import { execa } from 'execa';
import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { commandLines, pasteableCommand, shellQuote } from './pasteable-command.js';

t.setTimeout(180_000); // on a loaded host every process takes its time

t.test('only words that a shell would change are quoted', async (t) => {
  t.equal(shellQuote('unix:qmp.sock,server=on'), 'unix:qmp.sock,server=on');
  t.equal(shellQuote('console=ttyS0 ro'), "'console=ttyS0 ro'");
  t.equal(shellQuote("it's"), "'it'\\''s'");
  t.equal(shellQuote(''), "''");
});

t.test('an option and its value share a line', async (t) => {
  t.equal(
    commandLines(['qemu', '-nodefaults', '-m', '1G', '-append', 'a b', '-qmp', '-x']),
    "qemu \\\n  -nodefaults \\\n  -m 1G \\\n  -append 'a b' \\\n  -qmp \\\n  -x",
  );
});

t.test('the script runs the command in its own folder', async (t) => {
  const dir = t.testdir({ 'a b': {} });
  const script = path.join(dir, 'a b', 'run.sh');
  writeFileSync(script, pasteableCommand(['pwd', '-P']));
  chmodSync(script, 0o755);
  t.equal((await execa(script)).stdout, path.join(dir, 'a b'));
});

t.test('a shell reads the same words back', async () => {
  const word = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((w) => !w.includes('\0'));
  const print = ['printf', '%s\\0'];
  await fc.assert(
    fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 6 }), async (words) => {
      const { stdout } = await execa('sh', ['-c', commandLines([...print, ...words])], {
        stripFinalNewline: false,
      });
      return stdout === words.map((w) => `${w}\0`).join('');
    }),
    { numRuns: 60 },
  );
});
