import type { Guest } from '../guest/connect-guest.js';

/** Backtraces of this much are printed to the console log; one has some 600 B. */
const maxBytes = 65_536;

/** kmemleak tells of no object younger than 5 s (MSECS_MIN_AGE in mm/kmemleak.c, 6.12): what was freed just now may be on a list. */
const minAgeSeconds = 6;

/**
 * Lets kmemleak look for memory that nobody points to, twice, since pointers move while it looks, and puts what it
 * found into the kernel log, where a row of the table of patterns finds it. Nothing on a kernel without kmemleak.
 * @returns whether there was a scan
 */
export async function scanForLeaks(guest: Guest, signal: AbortSignal): Promise<boolean> {
  return (await guest.read(scanScript, signal)).toString() === 'scanned\n';
}

const scanScript = [
  'kmemleak=/sys/kernel/debug/kmemleak',
  '[ -w $kmemleak ] || exit 0',
  'echo scan >$kmemleak',
  `sleep ${minAgeSeconds}`,
  'echo scan >$kmemleak',
  `head -c ${maxBytes} $kmemleak | while IFS= read -r line; do echo "kmemleak: $line" >/dev/kmsg; done`,
  'echo scanned',
].join('\n');
