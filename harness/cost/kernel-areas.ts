/** Why a function is not in the sum of the I/O path. */
export type Apart =
  'idle' | 'scheduler' | 'locks' | 'tick' | 'interrupt' | 'rcu' | 'process' | 'module' | 'boot';

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
  [/^lib\/maple_tree\.c/, 'process', 'process'],
  [/^lib\/(?:rbtree|timerqueue|llist)\.c/, 'scheduler', 'scheduler'],
  [/^(?:lib|crypto|arch\/x86\/(?:lib|crypto))\//, 'library'],
  [/^kernel\/sched\/idle\.c|^drivers\/(?:cpu)?idle\/|^kernel\/context_tracking\.c/, 'idle', 'idle'],
  [/^arch\/x86\/kernel\/process/, 'idle', 'idle'],
  [/^kernel\/time\/|^arch\/x86\/kernel\/(?:tsc|hpet)/, 'time', 'tick'],
  [
    /^kernel\/(?:irq\/|softirq|entry\/)|^arch\/x86\/(?:entry\/|include\/asm\/idtentry|kernel\/(?:irq|apic\/))|^drivers\/char\/random/,
    'interrupt',
    'interrupt',
  ],
  [/^kernel\/rcu\//, 'rcu', 'rcu'],
  [/^kernel\/locking\//, 'locks', 'locks'],
  [/^kernel\/(?:sched\/|workqueue|kthread|smp|rseq)|^arch\/x86\/kernel\/fpu\//, 'scheduler', 'scheduler'],
  [/^(?:kernel|ipc|security|init|drivers\/tty|arch\/x86)\//, 'process', 'process'],
];

/**
 * Of a function, by its path from the top of the kernel's source; an unknown file is on the path, as what a patch adds is
 * to be seen. Assembler has no line table: it copies memory, or enters and leaves the kernel.
 */
export function areaOf({ file, name }: { file: string; name: string }): Area {
  const known = byName.find(([pattern]) => pattern.test(name));
  if (known) return known[1];
  if (file === '') return /^(?:mem|copy_|rep_|clear_page|csum_)/.test(name) ? { area: 'library' } : entry;
  const [, area = 'other', apart] = rows.find(([pattern]) => pattern.test(file)) ?? [];
  return apart ? { area, apart } : { area };
}

/** What is not as its file is. */
const byName: [RegExp, Area][] = [
  // the search for a free tag starts where a random number drawn at boot says (lib/sbitmap.c, update_alloc_hint_before_get)
  [/^sbitmap_find_bit$/, { area: 'block', apart: 'boot' }],
  // once a jiffy, of update_io_ticks, and by the timer that looks for late requests (block/blk-core.c, blk-mq.c)
  [
    /^(?:part_in_flight|blk_mq_(?:queue_tag_busy_iter|timeout_work|check_expired)|bt_(?:iter|for_each))$/,
    { area: 'block', apart: 'tick' },
  ],
];

const entry: Area = { area: 'interrupt', apart: 'interrupt' };
