const unitBytes: Record<string, number> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };

/** Reads `4096`, `4k`, `32M`, `1G` (binary units, as QEMU and fio take them) as bytes; undefined when it is none. */
export function parseSize(text: string | number): number | undefined {
  const [, digits, unit] = /^(\d+)\s*([kmg]?)(?:i?b)?$/i.exec(String(text).trim()) ?? [];
  if (digits === undefined || unit === undefined) return undefined;
  const bytes = Number(digits) * unitBytes[unit.toLowerCase()]!;
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** Bytes in the largest binary unit that divides them exactly: 4k, 32M, 1500. */
export function formatSize(bytes: number): string {
  for (const unit of ['g', 'm', 'k'] as const) {
    const whole = bytes / unitBytes[unit]!;
    if (whole >= 1 && Number.isInteger(whole)) return `${whole}${unit === 'k' ? 'k' : unit.toUpperCase()}`;
  }
  return String(bytes);
}

/** Milliseconds for people: 850 ms, 3.2 s, 7 min 35 s. */
export function formatDuration(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
