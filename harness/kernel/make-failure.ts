import { readFile } from 'node:fs/promises';
import { DoesNotBuild, HarnessError, type ErrorDetails } from '../common/errors.js';

export type BuildContext = {
  /** For messages: the kernel's name. */
  name: string;
  /** Path of the source tree, left out of the compiler's messages. */
  tree: string;
  log: string;
  /** Path of the source as the definition or the user names it. */
  source: string;
  /** What of it is the user's, who then has to mend a failure: patches given with --patch, the source tree. */
  usersOwn: readonly string[];
};

/** Failures that the machine is to blame for, whatever was being built. */
const hostFailures: { pattern: RegExp; what: string; remedy: string }[] = [
  {
    pattern: /no space left on device/i,
    what: 'the disk is full',
    remedy: 'free space in the cache directory',
  },
  {
    pattern: /Killed signal terminated program|out of memory/i,
    what: 'the compiler was killed, most likely for want of memory',
    remedy: 'give the machine more memory, or stop other work on it',
  },
  {
    pattern:
      /(?:flex|bison|bc|perl|python3|cpio|gcc|ld|lz4|zstd|ccache): (?:command )?not found|gelf\.h: No such file|openssl\/\S+: No such file/,
    what: 'a tool or header that the kernel build needs is missing',
    remedy: 'apt-get install build-essential flex bison bc libelf-dev libssl-dev cpio lz4 zstd kmod python3',
  },
];

/**
 * The error for a make that failed, from its log.
 * @param said its last lines: the disk that is full may be the one with the log
 */
export async function makeFailure(doing: string, context: BuildContext, said: string): Promise<HarnessError> {
  const { name, log, tree, usersOwn } = context;
  const text = await readFile(log, 'utf8');
  const host = hostFailures.find(({ pattern }) => pattern.test(text) || pattern.test(said));
  if (host)
    return failure('host', `${doing} ${name} failed: ${host.what}`, { remedy: host.remedy, evidence: log });
  const message = `${doing} ${name} failed: ${firstError(text, tree)}`;
  if (usersOwn.length === 0)
    return failure('harness', message, {
      remedy: 'read the log; if the definition is p2plab’s own, report it',
      evidence: log,
    });
  return new DoesNotBuild('scenario', message, {
    remedy: `correct ${usersOwn.join(', ')}`,
    evidence: log,
  });
}

const failure = (blame: 'host' | 'scenario' | 'harness', message: string, details: ErrorDetails) =>
  new HarnessError(blame, message, details);

/** The line of a build log that says why: the compiler's or linker's first error, else make's, else the last. */
export function firstError(log: string, tree: string): string {
  const lines = log.split('\n').filter((line) => line.trim() !== '');
  const patterns = [
    /^\S+:\d+(?::\d+)?: (?:fatal )?error: /,
    /undefined reference to|: error: |^error: |^Error: /,
    /\*\*\* /,
  ];
  const found = patterns
    .map((pattern) => lines.find((line) => pattern.test(line)))
    .find((line) => line !== undefined);
  return (found ?? lines.at(-1) ?? 'it printed nothing').replaceAll(`${tree}/`, '').replace(/^(\.\.\/)+/, '');
}
