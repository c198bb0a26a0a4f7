import { execa } from 'execa';
import path from 'node:path';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { diesWithUs } from './dies-with-us.js';

const run = ([file, ...args]: string[]) => execa(file!, args, { reject: false });

t.test('the command runs as it is written', async (t) => {
  const { stdout, exitCode } = await run(diesWithUs(['sh', '-c', 'echo "$1"; exit 7', 'sh', 'a  b']));
  t.same([stdout, exitCode], ['a  b', 7]);
});

t.test('it is not started when its parent is gone by then', async (t) => {
  const file = path.join(t.testdir(), 'started');
  const { exitCode } = await run(diesWithUs(['touch', file], process.pid + 1));
  t.equal(exitCode, 1);
  t.notOk(existsSync(file));
});

t.test('it ends when its parent is killed', async (t) => {
  const file = path.join(t.testdir(), 'pid');
  const module = JSON.stringify(new URL('./dies-with-us.js', import.meta.url).href);
  const source = `import { spawn } from 'node:child_process';
import { diesWithUs } from ${module};
const [file, ...args] = diesWithUs(['sh', '-c', 'echo $$ >"$1"; exec sleep 600', 'sh', ${JSON.stringify(file)}]);
spawn(file, args, { detached: true, stdio: 'ignore' });
setInterval(() => {}, 1000);`;
  const parent = execa(process.execPath, ['--input-type=module', '-e', source], { reject: false });
  const pid = async () => Number((await execa('cat', [file], { reject: false })).stdout);
  while (!(await pid())) await sleep(50);
  const child = await pid();
  t.ok(existsSync(`/proc/${child}`));
  parent.kill('SIGKILL');
  await parent;
  for (let n = 0; n < 100 && existsSync(`/proc/${child}`); n++) await sleep(50);
  t.notOk(existsSync(`/proc/${child}`));
});
