/** A function in a kernel stack trace: `pci_p2pdma_map_segment+0x1a/0x90 [mod]`. */
export type Frame = {
  function: string;
  offset: number;
  size: number;
  module?: string;
  /** `drivers/pci/p2pdma.c:212`, once symbolised. */
  where?: string;
  /** When the code there was inlined: all places, from the innermost outwards. */
  inlined?: string[];
};

const maxFrames = 64;

// printk_stack_address() in arch/x86/kernel/dumpstack.c: " %s%pBb", with "? " before what the unwinder does not vouch for.
const frameLine =
  /^(?:kmemleak:)?\s*(\? )?(?:\[<[0-9a-f]+>\] )?([\w.$]+)\+0x([0-9a-f]+)\/0x([0-9a-f]+)(?: \[([\w-]+)(?: [0-9a-f]+)?\])?\s*$/;
const instruction =
  /^(?:RIP|EIP): \w{4}:([\w.$]+)\+0x([0-9a-f]+)\/0x([0-9a-f]+)(?: \[([\w-]+)(?: [0-9a-f]+)?\])?/;

/** A line of a trace: a frame, one that is only a guess (null), or something else (undefined). */
export function parseFrame(text: string): Frame | null | undefined {
  const match = frameLine.exec(text);
  if (!match) return undefined;
  return match[1] ? null : frameOf(match.slice(2));
}

/** Where the processor was: the line `RIP: 0010:...`. */
export function parseInstruction(text: string): Frame | undefined {
  const match = instruction.exec(text);
  return match ? frameOf(match.slice(1)) : undefined;
}

function frameOf([name = '', offset = '', size = '', module]: (string | undefined)[]): Frame {
  const frame = { function: withoutSuffix(name), offset: parseInt(offset, 16), size: parseInt(size, 16) };
  return module === undefined ? frame : { ...frame, module };
}

/** The compiler's clones (`.constprop.0`, `.isra.0`, `.cold`) come and go from build to build. */
const withoutSuffix = (name: string): string =>
  name.replace(/\.(?:constprop|isra|part|cold|llvm)\b.*$/, '') || name;

/** Frames in order, as many as are kept. */
export function addFrame(frames: Frame[], frame: Frame): void {
  const last = frames.at(-1);
  if (last?.function === frame.function && last.offset === frame.offset) return; // RIP is the trace's first, too
  if (frames.length < maxFrames) frames.push(frame);
}

/** Functions that report, check, or wait for others: never what went wrong. */
const helpers = [
  /^(?:dump_stack|show_(?:stack|regs|trace)|nmi_|sched_show_task|panic$|vpanic$|nmi_panic|oops_|die|__die)/,
  /^(?:__warn|warn_slowpath|report_bug|handle_bug|exc_|asm_|do_error_trap|do_trap|page_fault_oops|bad_area)/,
  /^(?:__?kasan_|__asan_|print_report|check_region_inline|kasan|kmsan_|__msan_|kcsan_|__tsan_|kfence_|__?ubsan_)/,
  /^(?:__might_(?:sleep|resched|fault)|__schedule_bug|__schedule$|schedule|io_schedule|preempt_schedule)/,
  /^(?:__?wait_for_|__?mutex_lock|rwsem_|__?down|bit_wait|out_of_line_wait|folio_wait)/,
  /^(?:lockdep_|print_\w*(?:bug|deadlock|usage|cycle)|check_\w*(?:noncircular|prev|deadlock)|validate_chain)/,
  /^(?:__lock_acquire|lock_acquire|lock_release|mark_lock|register_lock_class|native_queued_spin|queued_spin|_raw_)/,
  /^(?:do_raw_|csd_lock|smp_call_function|on_each_cpu|refcount_warn|__list_\w+|list_\w+_valid|memcpy|memset|memmove)/,
  /^(?:bad_page|out_of_memory|oom_|dump_header|warn_alloc|__alloc_|alloc_pages|kmalloc|__kmalloc|kmem_cache_|__kmem_)/,
  /^(?:check_slab_|kfree|slab_|___slab|__slab|___kmalloc|debug_dma_|check_unmap|check_sync|__pfx_|watchdog_|__report_bad_irq|note_inter)/,
  /^(?:entry_|do_syscall|x64_sys_call|ret_from_fork|kthread$|process_one_work|worker_thread|rcu_gp_|rescuer_thread)/,
];

/** The frames that say what the kernel was doing, without those that only reported it. */
export function tellingFrames(frames: readonly Frame[]): Frame[] {
  return frames.filter((frame) => !helpers.some((helper) => helper.test(frame.function)));
}
