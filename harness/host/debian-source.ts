import { execa } from 'execa';
import { readFile } from 'node:fs/promises';

/** Debian 12 has Linux 6.12 in its security suite alone, which APT may not be told of. */
export const securitySource = {
  file: '/etc/apt/sources.list.d/debian-security.list',
  line: 'deb http://deb.debian.org/debian-security bookworm-security main',
};

/** The name of the host's release, like `bookworm`. */
export async function hostSuite(): Promise<string> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return /^VERSION_CODENAME="?([\w-]+)/m.exec(text)?.[1] ?? 'stable';
}

/**
 * Whether APT has to be told of the security suite before it finds these packages.
 * @param suite of the host
 */
export async function lacksSecuritySource(packages: readonly string[], suite?: string): Promise<boolean> {
  const wanted = packages.find((name) => name.startsWith('linux-source-6.12'));
  if (wanted === undefined || (suite ?? (await hostSuite())) !== 'bookworm') return false;
  const [known, targets] = await Promise.all([
    execa('apt-cache', ['policy', wanted], { reject: false, env: { LC_ALL: 'C' } }),
    execa('apt-get', ['indextargets', '--no-release-info', '--format', '$(RELEASE)'], { reject: false }),
  ]);
  if (known.failed || targets.failed || /^ +Candidate: [^(]/m.test(known.stdout)) return false;
  return !targets.stdout
    .split('\n')
    .some((release) => /^(bookworm|stable|oldstable)-security$/.test(release));
}
