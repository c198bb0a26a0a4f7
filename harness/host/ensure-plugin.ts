import { execa } from 'execa';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { contentId, ensureArtifact } from '../common/artifact-store.js';
import { HarnessError, Interrupted } from '../common/errors.js';
import { cacheDir, packageRoot } from '../common/paths.js';

const compiler = [
  'gcc',
  '-std=gnu11',
  '-O2',
  '-fPIC',
  '-shared',
  '-fvisibility=hidden',
  '-pthread',
  '-Wall',
  '-Wextra',
  '-Werror',
];

/**
 * A QEMU plugin of host/plugins/, compiled when it is first wanted and kept by the content of its sources.
 * @param name its C file, without the ending
 * @returns the path of the shared object
 * @throws HarnessError(host) when there is no compiler or it refuses; Interrupted
 */
export async function ensurePlugin(
  name: string,
  signal: AbortSignal,
  sources = path.join(packageRoot, 'harness/host/plugins'),
): Promise<string> {
  const headers = (await readdir(sources)).filter((file) => file.endsWith('.h')).sort();
  const texts = await Promise.all(
    [`${name}.c`, ...headers].map((file) => readFile(path.join(sources, file), 'utf8')),
  );
  const { dir } = await ensureArtifact({
    store: path.join(cacheDir(), 'plugins'),
    id: contentId([name, ...compiler, ...texts]),
    signal,
    build: async (into) => {
      await compile(path.join(sources, `${name}.c`), path.join(into, `${name}.so`), signal);
      return { name };
    },
  });
  return path.join(dir, `${name}.so`);
}

async function compile(source: string, into: string, signal: AbortSignal): Promise<void> {
  const argv = [...compiler.slice(1), '-o', into, source];
  const { failed, code, stderr } = await execa(compiler[0]!, argv, {
    reject: false,
    env: { LC_ALL: 'C' },
    cancelSignal: signal,
  });
  if (signal.aborted) throw new Interrupted();
  if (!failed) return;
  if (code === 'ENOENT')
    throw new HarnessError('host', `there is no compiler (gcc) for the QEMU plugin ${source}`, {
      remedy: 'apt-get install gcc libc6-dev',
    });
  const why = stderr.split('\n').find((line) => /error/.test(line)) ?? stderr;
  throw new HarnessError('host', `the QEMU plugin ${source} does not compile: ${why}`, {
    remedy: `see what this says: ${[...compiler, '-o', '/dev/null', source].join(' ')}`,
  });
}
