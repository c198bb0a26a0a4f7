import type { LogPatternName } from '../scenario/log-pattern-names.js';

/** What a row can make its title of, beside the first line. */
export type SplatFacts = {
  /** ` in pci_p2pdma_map_segment`, or nothing when no trace tells. */
  inFunction: string;
  /** The first of the splat's lines that matches. */
  find(pattern: RegExp): RegExpExecArray | undefined;
};

/** A kind of line that a healthy kernel does not print. */
export type LogPattern = {
  /** Stable name, for scenarios and for reports. */
  name: LogPatternName;
  pattern: RegExp;
  /** The same on every occurrence: no addresses, offsets, pids, processors or times. */
  title: (head: RegExpExecArray, splat: SplatFacts) => string;
  /** The first line of several, with a trace or other details. Without it the line stands alone. */
  splat?: {
    /** Heads of lines in the splat that tell the same trouble again. */
    again?: RegExp;
    /** The last line, where it is not the end of the trace. */
    until?: RegExp;
    /** A frame can also follow a line like this, beside `Call Trace:`. */
    trace?: RegExp;
    /** A better trace follows this line: of the processor that is stuck. */
    instead?: RegExp;
  };
};

/** A WARN() with a text prints the text first (__warn_printk() in kernel/panic.c). */
const warned = /^WARNING: |^kernel BUG at |^Oops: /;
const died = /^Oops: |^invalid opcode: |^general protection fault/;
const ruler = /^={20,}$/;

/** Often printed by the processor itself, hence by another caller (lib/nmi_backtrace.c). */
export const stuckProcessor = /^NMI backtrace for cpu \d+/;

const asIs = ([text]: RegExpExecArray) => withoutFigures(text);
const headIn = ([text]: RegExpExecArray, { inFunction }: SplatFacts) => withoutFigures(text) + inFunction;

/**
 * Rows are tried in order and the first match names the line; the texts are those of Linux 6.12. Each row has at
 * least one log in testdata/, in which it is found with the title that the file names.
 */
export const logPatterns: readonly LogPattern[] = [
  {
    name: 'kasan',
    pattern: /\bBUG: KASAN: ([\w-]+)(?: in ([\w.]+))?.*/, // mm/kasan/report.c
    title: ([, what, reported], { find, inFunction }) => {
      const access = find(/^(Read|Write) of size \d+/)?.[1];
      return `KASAN: ${what}${access ? ` ${access}` : ''}${inFunction || (reported ? ` in ${reported}` : '')}`;
    },
    splat: { until: ruler },
  },
  {
    name: 'kcsan',
    pattern: /\bBUG: KCSAN: (.*)/, // kernel/kcsan/report.c
    title: ([, what = '']) => `KCSAN: ${withoutOffsets(what)}`,
    splat: { until: ruler, trace: /^(?:read|write|assert|race at).* by (?:task|interrupt)/ },
  },
  {
    name: 'kmsan',
    pattern: /\bBUG: KMSAN: (.*)/, // mm/kmsan/report.c
    title: ([, what = '']) => `KMSAN: ${withoutOffsets(what)}`,
    splat: { until: ruler, trace: /^BUG: KMSAN: / },
  },
  {
    name: 'kfence',
    pattern: /\bBUG: KFENCE: (.*)/, // mm/kfence/report.c
    title: ([, what = '']) => `KFENCE: ${withoutOffsets(what)}`,
    splat: { until: ruler, trace: /^BUG: KFENCE: |access at |^Invalid free of / },
  },
  {
    name: 'ubsan',
    pattern: /\bUBSAN: ([\w-]+).*/, // lib/ubsan.c
    title: ([, what], { inFunction }) => `UBSAN: ${what}${inFunction}`,
    splat: {},
  },
  {
    name: 'soft-lockup',
    pattern: /\bBUG: soft lockup - CPU.*/, // kernel/watchdog.c
    title: (_, { inFunction }) => `BUG: soft lockup${inFunction}`,
    splat: {},
  },
  {
    name: 'hard-lockup',
    pattern: /\bWatchdog detected hard LOCKUP.*/, // kernel/watchdog.c
    title: (_, { inFunction }) => `hard lockup${inFunction}`,
    splat: {},
  },
  {
    name: 'atomic-sleep',
    pattern: /\bBUG: (sleeping function called from invalid context|scheduling while atomic).*/, // kernel/sched/core.c
    title: ([, what], { inFunction }) => `BUG: ${what}${inFunction}`,
    splat: {},
  },
  {
    name: 'bad-page',
    pattern: /\bBUG: (Bad (?:page state|page map|rss-counter state|page cache)).*/, // mm/page_alloc.c, mm/memory.c
    title: ([, what], { inFunction }) => `BUG: ${what}${inFunction}`,
    splat: {},
  },
  {
    name: 'refcount',
    pattern: /\brefcount_t: .*?(?=\.?$)/, // lib/refcount.c, whose texts have no figures of their own
    title: ([text], { inFunction }) => text + inFunction,
    splat: { again: warned },
  },
  {
    name: 'list-corruption',
    pattern: /\b((?:list_add|list_del) (?:corruption|double add)).*/, // lib/list_debug.c
    title: ([, what], { inFunction }) => `${what}${inFunction}`,
    splat: { again: warned },
  },
  {
    name: 'misaligned-pages',
    pattern: /\b(Misaligned __(?:add|remove)_pages) .*/, // mm/memory_hotplug.c
    title: ([, what = '']) => what,
    splat: { again: warned },
  },
  {
    name: 'dma-api',
    pattern: /\bDMA-API: \S+ \S+: ([^[]*\w).*/, // kernel/dma/debug.c
    title: ([, what = ''], { inFunction }) => `DMA-API: ${withoutFigures(what)}${inFunction}`,
    splat: { again: warned },
  },
  {
    name: 'oops',
    pattern:
      /\b(BUG: (?:kernel NULL pointer dereference|unable to handle [\w ]+?)(?=,| for address| at |$)|Oops: (?:[\w ]+?)(?=[,:] )|general protection fault|PANIC: double fault|traps: PANIC: \w+|unchecked MSR access error).*/, // arch/x86/mm/fault.c, kernel/dumpstack.c
    title: ([, what = ''], { inFunction }) => `${what.replace(/^Oops: /, '')}${inFunction}`,
    splat: { again: died },
  },
  {
    name: 'lockdep',
    pattern:
      /\bWARNING: ((?:possible (?:circular|recursive|irq)|inconsistent lock|bad unlock|bad contention|lock held|Nested lock|held lock freed|.*-safe -> .*-unsafe lock order|softirq|hardirq|Invalid wait context)[\w ->]*).*|\bINFO: (?:trying to register non-static key|possible [\w ]+).*|\[ BUG: Invalid wait context \].*/, // kernel/locking/lockdep.c
    title: ([text], { find, inFunction }) => {
      const at = find(/, at: (?:\[<[0-9a-f]+>\] )?([\w.]+)\+0x/)?.[1];
      return `${withoutFigures(text)}${at ? ` in ${at}` : inFunction}`;
    },
    splat: {},
  },
  {
    name: 'suspicious-rcu',
    pattern: /\bWARNING: suspicious RCU usage/, // kernel/locking/lockdep.c
    title: headIn,
    splat: {},
  },
  {
    name: 'bug',
    pattern: /\bkernel BUG at .*|\bBUG: .*/, // lib/bug.c
    title: ([text], { inFunction }) =>
      `${text.startsWith('kernel BUG') ? 'kernel BUG' : withoutFigures(text)}${inFunction}`,
    splat: { again: died },
  },
  {
    name: 'warning',
    pattern: /\bWARNING: (.*)/, // kernel/panic.c
    title: ([text, rest = ''], { inFunction }) => {
      const at = /\bat (?:\S+:\d+ )?([\w.]+)\+0x/.exec(rest)?.[1];
      return at || inFunction ? `WARNING${at ? ` in ${at}` : inFunction}` : withoutFigures(text);
    },
    splat: {},
  },
  {
    name: 'rcu-stall',
    pattern: /\bINFO: (rcu\w*) (?:self-)?detected (?:expedited )?stalls?\b.*/, // kernel/rcu/tree_stall.h
    title: ([, flavour], { inFunction }) => `INFO: ${flavour} detected stall${inFunction}`,
    splat: { again: /\bINFO: rcu\w* (?:self-)?detected/, instead: stuckProcessor },
  },
  {
    name: 'hung-task',
    pattern: /\bINFO: task .* blocked for more than \d+ seconds.*/, // kernel/hung_task.c
    title: (_, { inFunction }) => `INFO: task hung${inFunction}`,
    splat: {},
  },
  {
    name: 'memory-leak',
    pattern: /\bkmemleak: \d+ new suspected memory leaks.*|\bunreferenced object 0x.*/, // mm/kmemleak.c
    title: (_, { inFunction }) => `memory leak${inFunction}`,
    splat: { trace: /\bbacktrace(?: \(crc [0-9a-f]+\))?:$/ },
  },
  {
    name: 'iommu-fault',
    pattern:
      /\bDMAR: \[(.*?)(?: NO_PASID| PASID 0x[0-9a-f]+)?\] Request device .*\[fault reason 0x\w+\] (.*)|\bDMAR: ERROR: .*|\bAMD-Vi: Event logged \[(\w+).*|\bvirtio_iommu \S+: (\w+ fault) from EP .*/, // drivers/iommu
    title: ([text, access, reason, event, fault]) =>
      access
        ? `DMAR: ${access} fault: ${reason}`
        : event
          ? `AMD-Vi: ${event}`
          : fault
            ? `virtio-iommu: ${fault}`
            : withoutFigures(text),
  },
  {
    name: 'aer',
    pattern:
      /\bAER: (?!aer_layer)(?:.*?: )?((?:Multiple )?\w+(?:able)? \(?[\w-]*\)? ?error message received).*|\b(PCIe Bus Error: severity=.*?, type=[\w ]+).*|\b(DPC: .*(?:error|event).*)/, // drivers/pci/pcie/aer.c, dpc.c
    title: ([text, , bus], { find }) =>
      bus ?? find(/PCIe Bus Error: severity=.*?, type=[\w ]+/)?.[0] ?? withoutFigures(text),
    splat: { again: /\bAER: (?!.*message received)|\bPCIe Bus Error/ },
  },
  {
    name: 'nvme-timeout',
    pattern: /\bnvme nvme\d+: (?:I\/O tag .* timeout\b(.*)|(Abort status): .*)/, // drivers/nvme/host/{pci,rdma,tcp}.c
    title: ([, action = '', abort]) =>
      abort ? 'nvme: Abort status' : `nvme: I/O timeout${action.replace(/ req_op:.*/, '')}`,
  },
  {
    name: 'nvme-reset',
    pattern:
      /\bnvme nvme\d+: (controller is down|resetting controller due to|starting error recovery|Device not ready; aborting|Removing after probe failure|failed nvme_keep_alive|Failed reconnect|Disabling device after reset failure|Device shutdown incomplete).*/, // drivers/nvme/host
    title: ([, what]) => `nvme: ${what}`,
  },
  {
    name: 'io-error',
    pattern:
      /(Buffer I\/O error) on dev (\S+?),.*|\b((?:critical |recoverable |device )?[\w/]+) error, dev (\w+), sector \d+ op 0x\w+:\((\w+)\).*|\bnvme\d+n\d+: .*\(0x\w+\) @ LBA \d+, \d+ blocks, (.*?) \(sct.*/, // block/blk-core.c, fs/buffer.c, drivers/nvme/host/core.c
    title: ([, buffer, device, what, disk, op, status]) =>
      buffer ? `${buffer} on ${device}` : what ? `${what} error on ${disk} (${op})` : `nvme: ${status}`,
  },
  {
    name: 'alloc-failure',
    pattern: /: page allocation failure: order:.*/, // mm/page_alloc.c
    title: (_, { inFunction }) => `page allocation failure${inFunction}`,
    splat: {},
  },
  {
    name: 'oom',
    pattern: /\binvoked oom-killer: .*|\bOut of memory: .*/, // mm/oom_kill.c
    title: () => 'Out of memory',
    splat: { again: /^Out of memory: /, until: /^Out of memory: |^Memory cgroup out of memory: / },
  },
  {
    name: 'spurious-irq',
    pattern: /\birq \d+: nobody cared.*/, // kernel/irq/spurious.c
    title: () => 'irq: nobody cared',
    splat: { until: /^Disabling IRQ/ },
  },
  {
    name: 'panic',
    pattern: /^(?!---)(?:.*\b)?Kernel panic - not syncing: .*/, // kernel/panic.c
    title: asIs,
    splat: {},
  },
];

/** Panics that say only that what came before them was fatal, and are no trouble of their own. */
export const consequence =
  /^Kernel panic - not syncing: (?:Fatal |.*panic_on_\w+ set|.*system warned too often|softlockup: hung tasks|hung_task: blocked tasks|RCU Stall|Hard LOCKUP|kasan\.fault=|Attempted to kill |Aiee|Oopsed too often|Oops failed)/i;

/** Addresses, offsets and counts out of a text. */
const withoutFigures = (text: string): string =>
  withoutOffsets(text)
    .replace(/\bkworker\/\S+/g, 'kworker')
    .replace(/\b(?:0x[0-9a-f]+|(?=[a-f]*\d)[0-9a-f]{6,})\b/gi, 'ADDR')
    .replace(/\b\d+\b/g, 'N');

const withoutOffsets = (text: string): string =>
  text.replace(/\+0x[0-9a-f]+(?:\/0x[0-9a-f]+)?/g, '').replace(/\.(?:constprop|isra|part|cold)\.?\d*/g, '');
