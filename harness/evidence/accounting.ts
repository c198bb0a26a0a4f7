import type { Guest } from '../guest/connect-guest.js';

/** sysfs p2pmem figures of every provider of a machine, by device id; bytes. */
export type Accounting = Record<string, { size: number; available: number; published: number }>;

/** Shell builtins only: each program costs an emulated guest 10 ms and more. */
const script = [
  'cd /sys/bus/pci/devices',
  'for d in */p2pmem; do',
  '  [ -e "$d/size" ] || continue',
  '  read -r size <"$d/size"; read -r available <"$d/available"; read -r published <"$d/published"',
  '  echo "${d%/*} $size $available $published"',
  'done',
].join('\n');

/**
 * Reads the pools of all providers at one moment, and writes a line into the kernel log first or last, so that the
 * log can be cut at the same moment.
 */
export async function readAccounting(
  guest: Guest,
  idByBdf: ReadonlyMap<string, string>,
  mark: string,
  signal: AbortSignal,
): Promise<Accounting> {
  const output = await guest.read(`echo '${logMark(mark)}' >/dev/kmsg\n${script}`, signal);
  return parseAccounting(output.toString(), idByBdf);
}

/** How a moment of the run looks in the kernel log. */
export const logMark = (mark: string): string => `p2plab: ${mark}`;

/** Lines of `BDF size available published`. */
export function parseAccounting(text: string, idByBdf: ReadonlyMap<string, string>): Accounting {
  const rows = text.trim().split('\n').filter(Boolean);
  return Object.fromEntries(
    rows.map((row) => {
      const [bdf = '', ...figures] = row.trim().split(' ');
      const [size = NaN, available = NaN, published = NaN] = figures.map(Number);
      return [idByBdf.get(bdf) ?? bdf, { size, available, published }];
    }),
  );
}
