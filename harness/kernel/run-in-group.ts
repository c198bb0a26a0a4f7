import { execa } from 'execa';
import { Interrupted } from '../common/errors.js';

export type GroupRun = {
  cwd: string;
  /** The whole environment, nothing is added. */
  env: Record<string, string>;
  /** Both streams are appended to it. */
  log: string;
  signal: AbortSignal;
  onLine?: (line: string) => unknown;
  /** Called when the group did not end in time after the signal and is killed. */
  onKill?: () => void;
  /** From SIGTERM to SIGKILL; 5 s if not given. */
  graceMs?: number;
};

/**
 * A shell that leads a process group of its own and ends all of it when our end of its stdin closes, so that no
 * compiler outlives us even if we are killed. It survives SIGTERM itself, to wait until make has cleaned up.
 */
const guard = `
exec 3<&0
trap : TERM
{ trap '' TERM; read -r _; kill -s KILL -- -$$; } <&3 >/dev/null 2>&1 &
watcher=$!
"$@" </dev/null 3<&- 2>&1
code=$?
kill -s KILL $watcher
exit $code`;

/** How a group ended. */
export type GroupEnd = {
  code: number;
  /** Its last lines, also those that a full disk kept out of the log. */
  said: string;
};

/** Enough for what every compiler that was still running says at the end. */
const keptLines = 200;

/**
 * Runs a command that has children of its own (make) to its end. When the signal fires, the whole
 * group gets SIGTERM, so that make removes what is half written, and SIGKILL after a grace.
 * @throws Interrupted once everything has ended after the signal
 */
export async function runInGroup(argv: readonly string[], run: GroupRun): Promise<GroupEnd> {
  const { cwd, env, log, signal, onLine, onKill, graceMs = 5000 } = run;
  if (signal.aborted) throw new Interrupted();
  const child = execa('sh', ['-c', guard, 'sh', ...argv], {
    cwd,
    env,
    extendEnv: false,
    detached: true,
    stdin: 'pipe',
    stdout: [{ file: log, append: true }, 'pipe'],
    buffer: false,
    reject: false,
  });
  let force: NodeJS.Timeout | undefined;
  const stop = () => {
    signalGroup(child.pid, 'SIGTERM');
    force = setTimeout(() => {
      onKill?.();
      signalGroup(child.pid, 'SIGKILL');
    }, graceMs);
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    const said: string[] = [];
    for await (const line of child.iterable()) {
      onLine?.(line);
      said.push(line);
      if (said.length > keptLines) said.shift();
    }
    const { exitCode } = await child;
    if (signal.aborted) throw new Interrupted();
    return { code: exitCode ?? 1, said: said.join('\n') };
  } finally {
    signal.removeEventListener('abort', stop);
    clearTimeout(force);
  }
}

function signalGroup(leader: number | undefined, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    if (leader !== undefined) process.kill(-leader, name);
  } catch {
    // the group is gone already
  }
}
