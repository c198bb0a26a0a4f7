import type { Guest } from '../guest/connect-guest.js';

/** Lines of what steps may change in a guest, in no order; the same line may be there more than once. */
export type GuestState = readonly string[];

/** The image's writable layer, as its init mounts it. */
const writableLayer = '/p2plab/image/run/upper';

/**
 * What can be different after the steps of a variant and would be found by the next one: files, mounts, configfs,
 * devices with their drivers and sizes, the pools, addresses, RDMA links, module parameters, faults that are injected,
 * processes. Nothing that changes by itself, as counters do.
 */
const script = [
  'sed "s/^/mount /" /proc/mounts',
  `find ${writableLayer} /run /tmp /dev/shm /sys/kernel/config 2>/dev/null | sed "s/^/file /"`,
  'ls -d /sys/class/*/* /sys/bus/*/drivers/*/[0-9]*:* 2>/dev/null | sed "s/^/device /"',
  'grep -s . /sys/class/block/*/size /sys/class/block/*/ro /sys/class/nvme/*/state',
  'cd /sys/bus/pci/devices; grep -s . */enable */p2pmem/size */p2pmem/available */p2pmem/published',
  'grep -s . /sys/bus/pci/devices/*/driver_override /sys/class/net/*/operstate',
  'grep -rs . /sys/module/*/parameters /sys/kernel/debug/fail*',
  'sed "s/^/tainted /" /proc/sys/kernel/tainted',
  'ip -o address | sed "s/ tentative//; s/^[0-9]*: /address /"; ip route | sed "s/^/route /"',
  'rdma link 2>/dev/null | sed "s/^/rdma /"',
  'ls -l /proc/[0-9]*/exe 2>/dev/null | sed -n "s/.* -> /process /p"',
].join('\n');

/** @throws HarnessError when the guest does not answer */
export async function readGuestState(guest: Guest, signal: AbortSignal): Promise<GuestState> {
  return parseGuestState((await guest.read(script, signal)).toString());
}

/** Of the harness: the script that looks, what was sampled during the last step, and shells that look or just ended. */
const own = /^file \/run\/p2plab-(command-\d+\.sh|samples\.json)$|^process \S*\/busybox$/;

export const parseGuestState = (text: string): GuestState =>
  text.split('\n').filter((line) => line !== '' && !own.test(line));

/** Lines that are only in one of them, `- ` before those that are gone and `+ ` before those that are new. */
export function stateChanges(before: GuestState, after: GuestState): string[] {
  return [
    ...without(before, after).map((line) => `- ${line}`),
    ...without(after, before).map((line) => `+ ${line}`),
  ];
}

function without(lines: GuestState, others: GuestState): string[] {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}
