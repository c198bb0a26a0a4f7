import { execa } from 'execa';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { loadRun } from '../../report/load-run.js';
import { main } from '../run-p2plab.test.support.js';

const skip = process.getuid?.() === 0 ? false : 'a host that seems to have less memory needs root';

/** What is free of this host, in a mount namespace of a command's own. */
function withFree(mebibytes: number, dir: string, argv: string[]) {
  const file = path.join(dir, 'meminfo');
  const meminfo = readFileSync('/proc/meminfo', 'utf8');
  writeFileSync(file, meminfo.replace(/^MemAvailable:.*$/m, `MemAvailable: ${mebibytes * 1024} kB`));
  const script = 'mount --bind "$1" /proc/meminfo && shift && exec "$@"';
  const env = { XDG_STATE_HOME: path.join(dir, 'state') };
  return execa('unshare', ['--mount', 'sh', '-c', script, 'sh', file, ...argv], { reject: false, env });
}

/** How many machines a run had at the same time. */
async function mostAtOnce(dir: string): Promise<number> {
  const { events } = await loadRun(dir);
  let now = 0;
  let most = 0;
  for (const event of events) {
    if (event.type === 'phase' && event.phase.startsWith('boot ')) most = Math.max(most, ++now);
    if (event.type === 'finished') now--;
  }
  return most;
}

t.test(
  'two run at once where there is memory for what they came to, and not before that is known',
  { skip },
  async (t) => {
    const dir = t.testdir();
    const ran: number[] = [];
    for (const name of ['first', 'second']) {
      const out = path.join(dir, name);
      const run = ['run', 'p2pmem-allocate', '--jobs', '2', '--fresh-boots', '--out', out];
      const { exitCode, stdout } = await withFree(1700, dir, [process.execPath, main, ...run]); // one and a half guests
      t.equal(exitCode, 0, stdout);
      ran.push(await mostAtOnce(out));
    }
    t.strictSame(ran, [1, 2]);
  },
);
