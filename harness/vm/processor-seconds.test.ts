import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import t from 'tap';
import { processorSecondsOf } from './processor-seconds.js';

t.test('of a process all that it has computed, whatever its name', async (t) => {
  const script = `process.title = 'a) b (c';
    const used = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1e6; };
    while (used() < 0.5); console.log(used()); setInterval(() => {}, 1e3)`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.teardown(() => child.kill('SIGKILL'));
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  const seconds = processorSecondsOf(child.pid!)!;
  t.ok(Math.abs(seconds - Number(said)) < 0.2, `${seconds} s, it says ${said}`);
});

t.test('of a process that is over nothing is known', async (t) => {
  t.equal(processorSecondsOf(spawnSync('true').pid), undefined);
});
