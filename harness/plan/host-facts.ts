/** What the plan must know of the host; collected by the vm stage, given in by the caller. */
export type HostFacts = {
  accelerator: 'kvm' | 'tcg';
  qemu: {
    binary: string;
    version: string;
    /** Names of the device models that this QEMU has; undefined when it could not be asked. */
    devices?: ReadonlySet<string>;
  };
};

/** What the plan must know of the kernel. */
export type KernelFacts = {
  name: string;
  bzImage: string;
  /** What `uname -r` says; undefined of a kernel that is not built yet. */
  release?: string;
  /** Config symbols without CONFIG_; undefined when the kernel came without its .config. */
  symbols?: ReadonlyMap<string, string>;
  /** Of a kernel with modules: those that a guest gets. */
  guestModules?: { names: readonly string[] };
};
