import { execa } from 'execa';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { markProcess } from '../host/process-mark.js';
import { markKilled } from './mark-killed.js';
import { runDocumentSchema } from './run-document.js';
import { header, result } from './sample.test.support.js';

const helper = fileURLToPath(new URL('own-run.test.helper.js', import.meta.url));
const running = JSON.stringify({ ...header, results: [result()] }, null, 2) + '\n';
const runOf = (dir: string) =>
  runDocumentSchema.parse(JSON.parse(readFileSync(path.join(dir, 'run.json'), 'utf8')));

/** Processes that work in that folder, as the watcher does. */
const processesIn = (dir: string) =>
  readdirSync('/proc').filter((pid) => {
    try {
      return readlinkSync(`/proc/${pid}/cwd`) === dir;
    } catch {
      return false; // no process, or it ended meanwhile
    }
  });

async function eventually(is: () => boolean): Promise<boolean> {
  for (let n = 0; n < 6000 && !is(); n++) await wait(10);
  return is();
}

t.test('kill -9 of the process that runs it, and run.json says when', async (t) => {
  const dir = t.testdir({ 'run.json': running });
  const owner = execa(process.execPath, [helper, dir], { reject: false });
  const owned = once(owner.stdout, 'data');
  t.ok(await eventually(() => existsSync(path.join(dir, 'owner.json'))), 'it has begun');
  await owned;
  t.strictSame(runOf(dir), { ...header, results: [result()] }, 'nothing is said before');
  owner.kill('SIGKILL');
  await owner;
  t.ok(await eventually(() => processesIn(dir).length === 0), 'no process is left');
  const { state, endedAt, ...rest } = runOf(dir);
  t.equal(state, 'interrupted');
  t.ok(Math.abs(Date.now() - Date.parse(endedAt!)) < 60_000, endedAt!);
  t.match({ ...rest, state: 'running', endedAt: null }, JSON.parse(running));
  t.strictSame(readdirSync(dir), ['run.json']);
});

t.test('a run that has ended, whatever it says, is left as it is', async (t) => {
  const dir = t.testdir({ 'run.json': running });
  await execa(process.execPath, [helper, dir, 'and ends']);
  t.strictSame(processesIn(dir), []);
  t.equal(readFileSync(path.join(dir, 'run.json'), 'utf8'), running);
  t.strictSame(readdirSync(dir), ['run.json']);
});

t.test('what was killed together with its watcher is marked by whoever sweeps', async (t) => {
  const at = '2026-11-01T12:05:00.000Z';
  const started = JSON.stringify({ at, type: 'started', dir: '/r', count: 1, run: header }) + '\n';
  const folder = (owner: object) =>
    t.testdir({ 'events.jsonl': started, 'owner.json': JSON.stringify({ ...markProcess(), ...owner }) });
  const dead = folder({ startTicks: '1' });
  await markKilled(dead);
  t.match(runOf(dead), { state: 'interrupted', endedAt: at });
  t.strictSame(readdirSync(dead).sort(), ['events.jsonl', 'run.json']);
  const alive = folder({});
  await markKilled(alive);
  t.strictSame(readdirSync(alive).sort(), ['events.jsonl', 'owner.json']);
  writeFileSync(path.join(alive, 'owner.json'), '{');
  await markKilled(alive);
  t.strictSame(readdirSync(alive).sort(), ['events.jsonl', 'owner.json'], 'it cannot be told');
});
