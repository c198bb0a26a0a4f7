import { execa } from 'execa';
import { appendFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import t, { type Test } from 'tap';
import { configInputs, keepConfig, keptConfig } from './kept-config.js';

const { signal } = new AbortController();
const fragment = { text: 'CONFIG_A=y\n' };
const compilers = ['gcc 12.2.0'];

/** A source with a Kconfig, and an object folder whose .config was made of it. */
async function made(t: Test) {
  const dir = t.testdir({
    source: { Kconfig: 'config A\n', 'a.c': 'int a;\n' },
    objects: { '.config': 'CONFIG_A=y\n' },
  });
  const [cwd, objects] = [path.join(dir, 'source'), path.join(dir, 'objects')];
  await execa('git', ['init', '--quiet'], { cwd });
  const stage = () => execa('git', ['add', '--all'], { cwd });
  await stage();
  const inputs = () => configInputs([fragment], compilers, { cwd, signal });
  await keepConfig(objects, await inputs(), 'CONFIG_A=y\n');
  return { cwd, objects, stage, inputs };
}

t.test('a configuration of the same fragments and Kconfig files is kept', async (t) => {
  const { cwd, objects, stage, inputs } = await made(t);
  await appendFile(path.join(cwd, 'a.c'), 'int b;\n');
  await stage();
  t.equal(await keptConfig(objects, await inputs()), 'CONFIG_A=y\n');
});

t.test('not when a patch changes a Kconfig file', async (t) => {
  const { cwd, objects, stage, inputs } = await made(t);
  await appendFile(path.join(cwd, 'Kconfig'), 'config B\n');
  await stage();
  t.equal(await keptConfig(objects, await inputs()), undefined);
});

t.test('not with other fragments or another compiler', async (t) => {
  const { cwd, objects } = await made(t);
  const other = await configInputs([fragment, { text: 'CONFIG_B=y\n' }], compilers, { cwd, signal });
  t.equal(await keptConfig(objects, other), undefined);
  const newer = await configInputs([fragment], ['gcc 14.2.0'], { cwd, signal });
  t.equal(await keptConfig(objects, newer), undefined);
});

t.test('not when something has changed it since', async (t) => {
  const { objects, inputs } = await made(t);
  await writeFile(path.join(objects, '.config'), 'CONFIG_A=m\n');
  t.equal(await keptConfig(objects, await inputs()), undefined);
});

t.test('another heading is no change', async (t) => {
  const { objects, inputs } = await made(t);
  await writeFile(
    path.join(objects, '.config'),
    '# Linux/x86_64 6.12.117 Kernel Configuration\nCONFIG_A=y\n',
  );
  t.ok(await keptConfig(objects, await inputs()));
});
