/** A kind of line that a healthy kernel does not print. */
export type LogPattern = {
  /** Stable name, for `allow:` and for reports. */
  name: string;
  pattern: RegExp;
};

/** Rows are tried in order and the first match names the line. Texts as in the sources of Linux 6.12. */
export const logPatterns: readonly LogPattern[] = [
  { name: 'kasan', pattern: /BUG: KASAN: .*/ },
  { name: 'kcsan', pattern: /BUG: KCSAN: .*/ },
  { name: 'kmsan', pattern: /BUG: KMSAN: .*/ },
  { name: 'ubsan', pattern: /UBSAN: .*/ },
  { name: 'soft-lockup', pattern: /watchdog: BUG: soft lockup.*/ },
  { name: 'hard-lockup', pattern: /Watchdog detected hard LOCKUP.*|NMI watchdog: .*hard LOCKUP.*/ },
  {
    name: 'atomic-sleep',
    pattern: /BUG: (?:sleeping function called from invalid context|scheduling while atomic).*/,
  },
  { name: 'bad-page', pattern: /BUG: Bad (?:page state|page map|rss-counter).*/ },
  {
    name: 'oops',
    pattern: /BUG: (?:unable to handle|kernel NULL pointer).*|Oops: .*|general protection fault.*/,
  },
  { name: 'bug', pattern: /kernel BUG at .*|BUG: .*/ },
  {
    name: 'lockdep',
    pattern:
      /WARNING: (?:possible (?:circular|recursive|irq)|inconsistent lock|bad unlock|lock held).*|INFO: (?:possible|trying to register).*/,
  },
  { name: 'suspicious-rcu', pattern: /WARNING: suspicious RCU usage.*/ },
  { name: 'warning', pattern: /WARNING: .*/ },
  { name: 'rcu-stall', pattern: /rcu: INFO: .*(?:stall|stuck).*|INFO: rcu_\w+ (?:self-)?detected .*stall.*/ },
  { name: 'hung-task', pattern: /INFO: task .* blocked for more than \d+ seconds.*/ },
  { name: 'refcount', pattern: /refcount_t: .*/ },
  { name: 'list-corruption', pattern: /list_(?:add|del) corruption.*/ },
  { name: 'memory-leak', pattern: /kmemleak: \d+ new suspected memory leaks.*|unreferenced object 0x.*/ },
  { name: 'iommu-fault', pattern: /DMAR: .*(?:fault|PTE).*|AMD-Vi: Event logged.*/ },
  { name: 'aer', pattern: /AER: .*(?:error|Error).*|PCIe Bus Error:.*/ },
  { name: 'misaligned-pages', pattern: /Misaligned __add_pages.*/ },
  {
    name: 'nvme-timeout',
    pattern:
      /nvme nvme\d+: I\/O .*timeout.*|nvme nvme\d+: .*(?:controller is down|Abort status|resetting controller due to).*/,
  },
  { name: 'io-error', pattern: /(?:critical \w+|I\/O) error, dev .*|blk_update_request: .*error.*/ },
  { name: 'oom', pattern: /Out of memory: .*|invoked oom-killer.*/ },
  { name: 'panic', pattern: /Kernel panic - not syncing: .*/ },
];
