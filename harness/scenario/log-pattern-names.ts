/**
 * What a line of the kernel log can tell of: words that a scenario expects or allows. Each is a row of the table in
 * evidence/log-patterns.ts, which says how such lines look; the compiler holds the two together.
 */
export const logPatternNames = [
  'kasan',
  'kcsan',
  'kmsan',
  'kfence',
  'ubsan',
  'soft-lockup',
  'hard-lockup',
  'atomic-sleep',
  'bad-page',
  'refcount',
  'list-corruption',
  'misaligned-pages',
  'dma-api',
  'oops',
  'bug',
  'lockdep',
  'suspicious-rcu',
  'warning',
  'rcu-stall',
  'hung-task',
  'memory-leak',
  'iommu-fault',
  'aer',
  'nvme-timeout',
  'nvme-reset',
  'io-error',
  'alloc-failure',
  'oom',
  'spurious-irq',
  'panic',
] as const;

export type LogPatternName = (typeof logPatternNames)[number];
