import type { Guest } from '../guest/connect-guest.js';
import { testModule } from '../workload/test-module.js';

/** How many references there are on each PCI device, by device id. */
export type References = Record<string, number>;

/**
 * Asks the test module (kernels/series/p2pmem-test) for the references on PCI devices: one that a user of peer memory
 * never gives back keeps a device from going away, and shows nowhere else.
 * @param bdfs address by id of the devices to ask about
 * @returns nothing of a kernel without the module
 */
export async function readReferences(
  guest: Guest,
  bdfs: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<References> {
  if (bdfs.size === 0) return {};
  const script = [
    `[ -e ${testModule}/refs ] || exit 0`,
    `exec 3<>${testModule}/refs`,
    `for bdf in ${[...bdfs.values()].join(' ')}; do`,
    '  answer=; { echo "$bdf" >&3 && read -r answer <&3; } 2>/dev/null',
    '  echo "$bdf $answer"',
    'done',
  ].join('\n');
  return parseReferences((await guest.read(script, signal)).toString(), bdfs);
}

/** Lines `BDF device N`. */
export function parseReferences(text: string, bdfs: ReadonlyMap<string, string>): References {
  const counts = new Map(
    [...text.matchAll(/^(\S+) device (\d+)$/gm)].map(([, bdf, count]) => [bdf, Number(count)]),
  );
  return Object.fromEntries(
    [...bdfs].flatMap(([id, bdf]) => (counts.has(bdf) ? [[id, counts.get(bdf)!]] : [])),
  );
}
