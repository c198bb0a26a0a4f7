/** VERSION and PATCHLEVEL of a kernel's Makefile: `6.12`; undefined when it is another's. */
export function versionOfMakefile(makefile: string): string | undefined {
  const [version, patchlevel] = ['VERSION', 'PATCHLEVEL'].map(
    (name) => new RegExp(`^${name} = (\\d{1,3})$`, 'm').exec(makefile)?.[1],
  );
  return version === undefined || patchlevel === undefined ? undefined : `${version}.${patchlevel}`;
}

/** Whether a release (`6.1.192`, `6.13.0-rc1+`) is that of a version or a later one; undefined of no release. */
export function isAtLeast(release: string, version: readonly [number, number]): boolean | undefined {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(release) ?? [];
  if (major === undefined) return undefined;
  return Number(major) > version[0] || (Number(major) === version[0] && Number(minor) >= version[1]);
}
