import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Its input ends when the process at the other end does, however that is. What it looks for is as JSON.stringify()
 * lays a document out with two blanks.
 */
const script = `
while read -r _; do :; done
now=$(date --utc +%FT%T.%3NZ)
grep -q '^  "state": "running"' "$1" || exit 0
sed -e 's/^  "state": "running"/  "state": "interrupted"/' -e "s/^  \\"endedAt\\": null/  \\"endedAt\\": \\"$now\\"/" "$1" >"$1.new" &&
  mv "$1.new" "$1" && rm -f "$2"
`;

/**
 * As long as it is not disposed of, a document that tells `running` will tell `interrupted`, and when, if this process is
 * killed: a process that outlives it by a moment writes that.
 * @param file in `dir`
 * @param note a file that goes with it then
 */
export function markWhenKilled(dir: string, file: string, note = ''): AsyncDisposable {
  const watcher = spawn('sh', ['-c', script, 'p2plab-watch', file, note], {
    cwd: dir,
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true, // what ends our group does not end it
  });
  const ended = once(watcher, 'exit').catch(() => {}); // where it cannot be started, readers still can tell
  watcher.stdin.on('error', () => {});
  watcher.unref();
  (watcher.stdin as typeof watcher.stdin & { unref?: () => void }).unref?.();
  return {
    async [Symbol.asyncDispose]() {
      watcher.ref();
      watcher.kill('SIGKILL');
      await ended;
    },
  };
}
