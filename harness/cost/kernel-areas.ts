/** Why a function is not in the sum of the I/O path. */
export type Apart = 'idle' | 'scheduler' | 'tick' | 'interrupt' | 'rcu' | 'process' | 'module';

export type Area = { area: string; apart?: Apart };

/**
 * By the file that a function is in: the first row that fits. What is set apart runs by the clock, or by when a drive
 * happens to answer, so that its share of an I/O differs from run to run; a row without `apart` is the I/O path.
 */
const rows: [RegExp, string, Apart?][] = [
  [/^drivers\/(?:pci\/p2p|misc\/p2pmem)/, 'p2pmem'],
  [/^drivers\/nvme\/target\//, 'nvme target'],
  [/^drivers\/nvme\//, 'nvme'],
  [/^(?:block\/|lib\/sbitmap\.c)/, 'block'],
  [/^(?:kernel\/dma\/|drivers\/iommu\/|lib\/scatterlist\.c)/, 'dma mapping'],
  [/^drivers\/infiniband\//, 'rdma'],
  [/^(?:net|drivers\/net|drivers\/virtio)\//, 'network'],
  [/^drivers\/pci\//, 'pci'],
  [
    /^fs\/(?:exec|binfmt|namei|dcache|namespace|open|stat|file|pipe|select|event|signalfd|fcntl|proc|kernfs|sysfs)/,
    'process',
    'process',
  ],
  [/^(?:fs|io_uring)\/|^lib\/iov_iter\.c/, 'submission'],
  [
    /^mm\/(?:memory|mmap|mprotect|rmap|vma|mremap|shmem|swap|vmscan|mlock|util|mmu_gather)/,
    'process',
    'process',
  ],
  [/^mm\//, 'memory'],
  [/^lib\/(?:rbtree|timerqueue|llist)\.c/, 'scheduler', 'scheduler'],
  [/^(?:lib|arch\/x86\/lib)\//, 'library'],
  [/^kernel\/sched\/idle\.c|^drivers\/(?:cpu)?idle\/|^kernel\/context_tracking\.c/, 'idle', 'idle'],
  [/^arch\/x86\/kernel\/process/, 'idle', 'idle'],
  [/^kernel\/time\/|^arch\/x86\/kernel\/(?:tsc|hpet)/, 'time', 'tick'],
  [
    /^kernel\/(?:irq\/|softirq|entry\/)|^arch\/x86\/(?:entry\/|include\/asm\/idtentry|kernel\/(?:irq|apic\/))|^drivers\/char\/random/,
    'interrupt',
    'interrupt',
  ],
  [/^kernel\/rcu\//, 'rcu', 'rcu'],
  [
    /^kernel\/(?:sched\/|locking\/|workqueue|kthread|smp|rseq)|^arch\/x86\/kernel\/fpu\//,
    'scheduler',
    'scheduler',
  ],
  [/^(?:kernel|ipc|security|init|drivers\/tty|arch\/x86)\//, 'process', 'process'],
];

/** Of a path from the top of the kernel's source; an unknown one is on the path, as what a patch adds is to be seen. */
export function areaOf(file: string): Area {
  const [, area = 'other', apart] = rows.find(([pattern]) => pattern.test(file)) ?? [];
  return apart ? { area, apart } : { area };
}
