/** A bootable kernel: built by us and cached, or given by the user. */
export type Kernel = {
  /** Name of the definition ('p2pmem-6.12'), or the path given. */
  name: string;
  /** Content id: of everything that went into the build, or of the user's bzImage. */
  id: string;
  bzImage: string;
  vmlinux?: string;
  /** Path of the .config. */
  config?: string;
  /** What `uname -r` says in the guest. */
  release: string;
  /** GNU build id of vmlinux, lower-case hex; the guest shows the same in /sys/kernel/notes. */
  buildId?: string;
  source?: KernelOrigin;
  /** What was applied, in order; patches of `--patch` come last, as the series '--patch'. */
  series: { name: string; patches: string[]; linesAdded: number }[];
  /** Config symbols without CONFIG_ that are set, with their value (strings without quotes). */
  symbols?: ReadonlyMap<string, string>;
  /** Folder below which the module files are, with all they have for a debugger, if the config has =m symbols. */
  modules?: string;
  guestModules?: GuestModules;
  /** Folder with decode_stacktrace.sh, decodecode and faddr2line of the same source. */
  scripts?: string;
  /** Of the build that made it. */
  built?: { ms: number; objects: number };
  cached: boolean;
};

/** What a guest gets of a kernel's modules, by the names that the kernel has for them: `nvmet_rdma`. */
export type GuestModules = {
  /** Its /lib/modules/RELEASE, ready to be copied. */
  dir: string;
  names: readonly string[];
  /** Those to be loaded before anything else is done. */
  atBoot: readonly string[];
};

export type KernelOrigin = {
  package?: string;
  version?: string;
  /** The tarball, or the user's tree. */
  origin: string;
  /** Of a git tree: what `git describe` says, with `-dirty` when files differ from its commit. */
  describe?: string;
  /** Of a tree: the git tree of the files that it was built from, before any patches. */
  tree?: string;
};

/** What the artifact store keeps beside the files of a built kernel. */
export type KernelManifest = {
  name: string;
  release: string;
  buildId?: string;
  source: KernelOrigin;
  series: Kernel['series'];
  compiler: string[];
  /** Which object folder it was built in: kernels with the same fragments share one. */
  objectsOf: string;
  /** True when the object folder was new, so that `built.objects` is all there are. */
  fromScratch: boolean;
  hasModules: boolean;
  built: { ms: number; objects: number };
};
