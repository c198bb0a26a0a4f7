import { HarnessError } from '../common/errors.js';
import { runInGroup } from '../kernel/run-in-group.js';

export type Tool = {
  argv: [command: string, ...args: string[]];
  /** For the remedy when the command is not installed. */
  debianPackage: string;
  cwd: string;
  /** Everything it prints is appended here. */
  log: string;
  env?: Record<string, string>;
  onLine?: (line: string) => void;
  signal: AbortSignal;
};

/**
 * Runs a build tool; when the signal fires, nothing of it runs on.
 * @returns whether it succeeded, and its output
 * @throws HarnessError(host) when it is not installed; Interrupted
 */
export async function runTool(tool: Tool): Promise<{ ok: boolean; output: string }> {
  const { argv, cwd, log, signal } = tool;
  const lines: string[] = [];
  const { PATH = '/usr/bin:/bin', HOME = '/', TMPDIR = '/tmp' } = process.env;
  const env = { PATH: `${PATH}:/usr/sbin:/sbin`, HOME, TMPDIR, LC_ALL: 'C.UTF-8', ...tool.env };
  const onLine = (line: string) => {
    lines.push(line);
    tool.onLine?.(line);
  };
  const { code } = await runInGroup(argv, { cwd, env, log, signal, onLine });
  if (code === 127)
    throw new HarnessError('host', `${argv[0]} cannot be run, and guest images are made with it`, {
      remedy: `run: apt-get install ${tool.debianPackage}`,
      evidence: log,
    });
  return { ok: code === 0, output: lines.join('\n') };
}
