import { copyFileSync, mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { fileMark, findProgram, keptAnswer, programMark } from './kept-answer.js';

const dir = t.testdir({ bin: {}, tool: 'first' });
process.env.XDG_CACHE_HOME = path.join(dir, 'cache');
process.env.PATH = `${path.join(dir, 'bin')}:relative:/nowhere`;
const bin = (name: string) => path.join(dir, 'bin', name);
copyFileSync('/bin/true', bin('cc-12'));
symlinkSync('cc-12', bin('cc'));
const tool = path.join(dir, 'tool');

/** Answers 1, 2, 3 … as often as it is asked. */
function counter() {
  let asked = 0;
  return () => Promise.resolve(`${++asked}`);
}

t.test('asked once, and again when what it depends on has changed', async (t) => {
  const ask = counter();
  const answer = async (question = 'a') =>
    keptAnswer({ name: 'once', marks: [question, await fileMark(tool)], ask });
  t.equal(await answer(), '1');
  t.equal(await answer(), '1');
  writeFileSync(tool, 'other');
  t.equal(await answer(), '2', 'of the same size');
  utimesSync(tool, new Date(0), new Date(0));
  t.equal(await answer(), '3', 'even with an old date');
  t.equal(await answer('b'), '4');
});

t.test('always asked when a mark is missing', async (t) => {
  const ask = counter();
  const answer = async () => keptAnswer({ name: 'always', marks: [await fileMark('/nowhere')], ask });
  t.same([await answer(), await answer()], ['1', '2']);
});

t.test('no answer is not kept', async (t) => {
  const answers = [undefined, 'now'];
  const answer = () => keptAnswer({ name: 'none', marks: [], ask: async () => answers.shift() });
  t.same([await answer(), await answer(), await answer()], [undefined, 'now', 'now']);
});

async function spoiled(t: Test, text: string) {
  const ask = counter();
  const answer = () => keptAnswer({ name: 'spoiled', marks: ['m'], ask });
  await answer();
  const file = path.join(dir, 'cache/p2plab/probes/spoiled.json');
  const whole = readFileSync(file, 'utf8');
  writeFileSync(file, text);
  t.equal(await answer(), '2');
  t.equal(readFileSync(file, 'utf8'), whole.replace('"1"', '"2"'));
  writeFileSync(file, text);
}

for (const text of ['', '{"marks":["m"],"ans', 'null', '{"marks":["m"]}', '{"marks":["m"],"answer":7}'])
  t.test(`a file with ${text || 'nothing'} in it is no answer`, (t) => spoiled(t, text));

t.test('a cache that cannot be written is asked past', async (t) => {
  const before = process.env.XDG_CACHE_HOME;
  t.teardown(() => (process.env.XDG_CACHE_HOME = before));
  process.env.XDG_CACHE_HOME = tool; // a file
  t.equal(await keptAnswer({ name: 'x', marks: [], ask: counter() }), '1');
});

t.test('a program is marked by the file that it is in the end', async (t) => {
  t.equal(await programMark('cc'), await fileMark(bin('cc-12')));
  t.equal(await programMark('gone'), undefined);
});

t.test('what answers for another is not marked: a script, a link to ccache', async (t) => {
  writeFileSync(bin('script'), '#!/bin/sh\n', { mode: 0o755 });
  copyFileSync('/bin/true', bin('cache'));
  symlinkSync('cache', bin('gcc'));
  t.same([await programMark('script'), await programMark('gcc')], [undefined, undefined]);
});

t.test('programs are found as a shell finds them', async (t) => {
  mkdirSync(bin('folder'));
  writeFileSync(bin('text'), '', { mode: 0o644 });
  t.equal(await findProgram('cc'), bin('cc'));
  t.same([await findProgram('folder'), await findProgram('text')], [undefined, undefined]);
});
