import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import t from 'tap';
import { peakMemoryOf } from './peak-memory.js';

const MiB = 2 ** 20;

t.test('the most that a process had, also when it has given it back', async (t) => {
  const script = `let all = Buffer.alloc(${200 * MiB}, 1); all = undefined; gc(); console.log('ready'); setInterval(() => {}, 1e3)`;
  const child = spawn(process.execPath, ['--expose-gc', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  const peak = peakMemoryOf(child.pid!)!;
  t.ok(peak > 200 * MiB && peak < 400 * MiB, `${peak} bytes`);
});

t.test('of a process that is over nothing is known', async (t) => {
  t.equal(peakMemoryOf(spawnSync('true').pid), undefined);
});
