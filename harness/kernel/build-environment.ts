import { availableParallelism } from 'node:os';
import type { Toolchain } from './toolchain.js';

/** Passed on from the caller. All else stays out: MAKEFLAGS, KCFLAGS or LLVM would change what is built. */
const kept = [
  'PATH',
  'HOME',
  'TMPDIR',
  'XDG_CACHE_HOME',
  'XDG_CONFIG_HOME',
  'CCACHE_DIR',
  'CCACHE_CONFIGPATH',
];

/**
 * The environment of a kernel build: the same sources give the same image, on any day and machine
 * (Documentation/kbuild/reproducible-builds.rst).
 */
export function buildEnvironment(from: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const passed = kept.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]] as const]));
  return {
    ...Object.fromEntries(passed),
    LC_ALL: 'C',
    KBUILD_BUILD_TIMESTAMP: 'Thu Jan 1 00:00:00 UTC 1970',
    KBUILD_BUILD_USER: 'p2plab',
    KBUILD_BUILD_HOST: 'p2plab',
    KBUILD_BUILD_VERSION: '1',
  };
}

/**
 * The command line of `make`, without targets. LOCALVERSION= keeps "+" out of the release. vmlinux gets line tables,
 * so that an oops can be told by file and line, unless the configuration asks for more; its paths are relative to the source, wherever that and the objects
 * are, because they are part of what the build id is made of.
 */
export function makeCommand(
  tree: string,
  objects: string,
  { ccache }: Toolchain,
  { debugInfo = false }: { debugInfo?: boolean } = {},
): string[] {
  const compilers = ccache ? ['CC=ccache gcc', 'HOSTCC=ccache gcc'] : [];
  return [
    'make',
    `O=${objects}`,
    `-j${availableParallelism()}`,
    'ARCH=x86_64',
    'LOCALVERSION=',
    `KCFLAGS=${debugInfo ? '' : '-g1 '}-fdebug-prefix-map=${tree}/= -fdebug-prefix-map=${objects}=.`,
    ...compilers,
  ];
}
