import { execa } from 'execa';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { HarnessError } from '../common/errors.js';
import { lacksSecuritySource, securitySource } from './debian-source.js';
import { fileMark, keptAnswer, programMark } from './kept-answer.js';

/** Debian packages (12 and newer) by what needs them. */
export const neededPackages = {
  qemu: ['qemu-system-x86'],
  kernel: [
    ...['linux-source-6.12', 'build-essential', 'bc', 'bison', 'flex', 'libelf-dev', 'libssl-dev'],
    ...['ccache', 'git', 'kmod', 'lz4', 'python3-minimal', 'xz-utils'],
  ],
  image: ['mmdebstrap', 'erofs-utils'],
} as const;

export const allPackages: readonly string[] = Object.values(neededPackages).flat();

/** The needed packages that dpkg does not know as installed. All of them where there is no dpkg. */
export async function missingPackages(): Promise<string[]> {
  const stdout = (await askDpkg('needed-packages', '${Package} ${db:Status-Status}\n', allPackages)) ?? '';
  const installed = new Set(
    stdout.split('\n').flatMap((l) => (l.endsWith(' installed') ? [l.split(' ')[0]!] : [])),
  );
  return allPackages.filter((name) => !installed.has(name));
}

/**
 * What dpkg-query says of packages, undefined where it says nothing.
 * @param name of the kept answer
 */
export async function askDpkg(
  name: string,
  format: string,
  packages: readonly string[],
): Promise<string | undefined> {
  const query = ['-W', '-f', format, ...packages];
  const ask = async () => {
    const { stdout } = await execa('dpkg-query', query, { reject: false }); // fails where one of them is unknown
    return stdout || undefined;
  };
  const database = process.env.DPKG_ADMINDIR ?? '/var/lib/dpkg';
  const files = ['status', 'updates'].map((file) => fileMark(path.join(database, file)));
  const marks = await Promise.all([programMark('dpkg-query'), ...files]);
  return keptAnswer({ name, marks: [query.join(' '), ...marks], ask });
}

/**
 * The one command that gets them, for a person; with what APT has to be told first.
 * @param suite of the host
 */
export async function installCommand(packages: readonly string[], suite?: string): Promise<string> {
  const install = `sudo apt-get install --no-install-recommends ${packages.join(' ')}`;
  if (!(await lacksSecuritySource(packages, suite))) return install;
  const { line, file } = securitySource;
  return `echo '${line}' | sudo tee ${file} && sudo apt-get update && ${install}`;
}

/**
 * Installs what is missing when this process is root on a system with apt.
 * @throws HarnessError(host), having changed nothing, when it may not; or with apt's last line when apt fails
 */
export async function installPackages(
  packages: readonly string[],
  log: string,
  signal: AbortSignal,
): Promise<void> {
  if (packages.length === 0) return;
  const apt = await execa('apt-get', ['--version'], { reject: false });
  if (apt.failed)
    throw missing(packages, 'there is no apt-get here', `install by other means: ${packages.join(' ')}`);
  if (process.getuid?.() !== 0)
    throw missing(packages, 'only root may install them', `run: ${await installCommand(packages)}`);
  await mkdir(path.dirname(log), { recursive: true });
  const options = {
    env: { DEBIAN_FRONTEND: 'noninteractive' },
    stdin: 'ignore' as const,
    all: true as const,
    reject: false,
    cancelSignal: signal,
  };
  const logged = {
    ...options,
    stdout: ['pipe' as const, { file: log }],
    stderr: ['pipe' as const, { file: log }],
  };
  const update = await execa('apt-get', ['update'], logged);
  const install = await execa(
    'apt-get',
    ['install', '--yes', '--no-install-recommends', ...packages],
    logged,
  );
  if (!install.failed) return;
  const lines = `${update.all ?? ''}\n${install.all ?? ''}`
    .split('\n')
    .filter((line) => line.startsWith('E:'));
  throw new HarnessError(
    'host',
    `apt-get could not install ${packages.join(' ')}: ${lines.at(-1) ?? install.shortMessage}`,
    {
      remedy: `run: ${await installCommand(packages)}`,
      evidence: log,
    },
  );
}

const missing = (packages: readonly string[], why: string, remedy: string) =>
  new HarnessError('host', `Debian packages are missing (${packages.join(' ')}) and ${why}`, { remedy });
