import type { Blame } from '../common/errors.js';
import type { Guest } from '../guest/connect-guest.js';
import { logMark, type Pool } from './accounting.js';

/** What became of a provider whose driver was taken from it and given back. Times are the host's. */
export type Rebind = {
  device: string;
  driver: string;
  unbindMs: number;
  bindMs: number;
  /** The kernel still showed a pool while no driver was there. */
  poolWhileUnbound: boolean;
  /** What the kernel said to a bind that it refused. */
  refused?: string;
  /** The pool that came back. */
  pool?: Pool;
};

/** One that did not come to its end in time, and whose fault that is. */
export type LateRebind = { device: string; late: string; blame: Blame };

/** A driver may finish its probe in the background: so long it may take until its pool is there. */
const settleSeconds = 5;

/** @param device with its address in the guest; `idle` is its pool as it was before the first step */
export type RebindQuestion = { id: string; bdf: string; idle: Pool | undefined };

/**
 * Unbinds a provider's driver and binds it again (Documentation/ABI/testing/sysfs-bus-pci). Unbinding waits for the
 * last reference on its pages (memunmap_pages() in mm/memremap.c, 6.12), so that it hangs where one was leaked: to be
 * called under a deadline.
 */
export async function rebindProvider(
  guest: Guest,
  { id, bdf, idle }: RebindQuestion,
  signal: AbortSignal,
): Promise<Rebind> {
  const unbound = await timed(() => guest.read(unbindScript(id, bdf), signal));
  const [driver = '', poolSeen] = unbound.text.trim().split(' ');
  const bound = await timed(() => guest.read(bindScript(id, bdf, driver, idle), signal));
  const seen = parseBind(bound.text);
  const poolWhileUnbound = poolSeen === 'pool';
  return { device: id, driver, unbindMs: unbound.ms, bindMs: bound.ms, poolWhileUnbound, ...seen };
}

const unbindScript = (id: string, bdf: string) =>
  [
    `echo '${logMark(`begin rebind-${id}`)}' >/dev/kmsg`,
    `cd -P /sys/bus/pci/devices/${bdf}/driver`,
    `echo ${bdf} >unbind`,
    `[ -e /sys/bus/pci/devices/${bdf}/p2pmem ] && pool=pool`,
    'echo "${PWD##*/} $pool"',
  ].join('\n');

const bindScript = (id: string, bdf: string, driver: string, idle: Pool | undefined) =>
  [
    `if ! error=$({ echo ${bdf} >/sys/bus/pci/drivers/${driver}/bind; } 2>&1); then echo "refused $error"; exit; fi`,
    `cd /sys/bus/pci/devices/${bdf}`,
    'look() {',
    '  [ -e p2pmem/available ] || return',
    '  read -r size <p2pmem/size; read -r available <p2pmem/available; read -r published <p2pmem/published',
    '  pool="$size $available $published"',
    '}',
    'pool=; try=0',
    `while look; [ "$pool" != "${idle ? `${idle.size} ${idle.available} ${idle.published}` : ''}" ] && [ $try -lt ${settleSeconds * 10} ]; do`,
    '  sleep 0.1; try=$((try + 1))',
    'done',
    'echo "pool $pool"',
    `echo '${logMark(`end rebind-${id}`)}' >/dev/kmsg`,
  ].join('\n');

/** `pool SIZE AVAILABLE PUBLISHED`, `pool` where there is none, or `refused WHY`. */
export function parseBind(text: string): Pick<Rebind, 'refused' | 'pool'> {
  const [word, ...rest] = text.trim().split(' ');
  if (word === 'refused') return { refused: rest.join(' ').replace(/^.*write error: /, '') };
  const [size, available, published] = rest.map(Number);
  if (size === undefined || available === undefined || published === undefined) return {};
  return { pool: { size, available, published } };
}

async function timed(read: () => Promise<Buffer>): Promise<{ text: string; ms: number }> {
  const startedAt = performance.now();
  const text = (await read()).toString();
  return { text, ms: Math.round(performance.now() - startedAt) };
}
