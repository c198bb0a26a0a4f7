import { sleep } from '../common/deadline.js';
import { hasPciDevice } from './pci-map.js';
import type { QmpClient } from './qmp-client.js';

/** A command of QEMU's machine protocol; with `untilGone` it is done when QEMU has no PCI device of that id any more. */
export type QmpAction = { execute: string; arguments?: Record<string, unknown>; untilGone?: string };
/** `late`: the guest did not let the device go in time. */
export type ActionEnd = { ms: number; answer: unknown; late?: true };

const pollMs = 50;

/**
 * Has QEMU do something to the machine. That a device is gone is asked of QEMU and not waited for as its event
 * DEVICE_DELETED: `info mtree -f`, by which addresses are attributed, leaks references to the memory that it shows
 * (mtree_info_flatview() in QEMU 7.2), and the event comes with the last reference.
 * @param goneMs how long the guest may take to let a device go
 * @throws HarnessError(host) when QEMU refuses
 */
export async function performAction(
  qmp: QmpClient,
  { execute, arguments: args = {}, untilGone }: QmpAction,
  goneMs: number,
  signal: AbortSignal,
): Promise<ActionEnd> {
  const startedAt = performance.now();
  const passedMs = () => Math.round(performance.now() - startedAt);
  const answer = await qmp.execute(execute, args, signal);
  if (untilGone === undefined) return { ms: passedMs(), answer };
  while (await hasPciDevice(qmp, untilGone, signal)) {
    if (passedMs() > goneMs) return { ms: passedMs(), answer, late: true };
    await sleep(pollMs, signal);
  }
  return { ms: passedMs(), answer };
}
