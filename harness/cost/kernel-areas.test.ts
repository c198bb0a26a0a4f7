import t from 'tap';
import { areaOf } from './kernel-areas.js';

for (const [file, name, area, apart] of [
  ['drivers/pci/p2pdma.c', 'pci_p2pdma_map_segment', 'p2pmem', undefined],
  ['drivers/misc/p2pmem-ivshmem.c', 'x', 'p2pmem', undefined],
  ['drivers/nvme/target/rdma.c', 'x', 'nvme target', undefined],
  ['drivers/nvme/host/pci.c', 'nvme_prep_rq', 'nvme', undefined],
  ['kernel/dma/direct.c', 'dma_direct_map_sg', 'dma mapping', undefined],
  ['kernel/sched/idle.c', 'do_idle', 'idle', 'idle'],
  ['kernel/sched/core.c', '__schedule', 'scheduler', 'scheduler'],
  ['kernel/time/timekeeping.c', 'ktime_get', 'time', 'tick'],
  ['mm/gup.c', 'gup_fast_fallback', 'memory', undefined],
  ['mm/memory.c', 'handle_mm_fault', 'process', 'process'],
  ['lib/sbitmap.c', 'sbitmap_find_bit', 'block', 'boot'],
  ['block/blk-mq-tag.c', 'bt_iter', 'block', 'tick'],
  ['', 'memcpy_orig', 'library', undefined],
  ['', 'entry_SYSCALL_64', 'interrupt', 'interrupt'],
  ['drivers/new/new.c', 'new_thing', 'other', undefined],
] as const)
  t.test(`${name} of ${file || 'assembler'}: ${area}`, async (t) => {
    t.strictSame(areaOf({ file, name }), apart ? { area, apart } : { area });
  });
