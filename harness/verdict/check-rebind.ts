import type { Evidence } from '../evidence/evidence.js';
import type { LateRebind, Rebind } from '../evidence/rebind.js';
import type { Check } from './check.js';
import { showPool } from './check-accounting.js';

/** A provider that lost its driver and got it back offers the same pool as before, and none in between. */
export function checkRebind({ machines }: Evidence): Check[] {
  return machines.flatMap(({ name, idle, rebinds = [] }) =>
    rebinds.flatMap((rebind) =>
      'late' in rebind
        ? [lateCheck(name, rebind)]
        : [goneCheck(name, rebind), backCheck(name, rebind, showPool(idle.before?.[rebind.device]))],
    ),
  );
}

/** The kernel waits for memory that somebody still holds, or lost. */
const lateCheck = (machine: string, { device, late, blame }: LateRebind): Check => ({
  name: `${machine}: ${device} can lose its driver and get it again`,
  ...{ ok: false, want: 'in time', got: late, blame, reason: late },
});

const goneCheck = (machine: string, { device, driver, poolWhileUnbound }: Rebind): Check => ({
  name: `${machine}: ${device} without its driver has no pool`,
  ok: !poolWhileUnbound,
  want: 'no pool',
  got: poolWhileUnbound ? 'a pool' : 'no pool',
  blame: 'kernel',
  ...(poolWhileUnbound && { reason: `${device} still has a pool after ${driver} was unbound from it` }),
});

function backCheck(machine: string, { device, driver, refused, pool }: Rebind, want: string): Check {
  const got = refused === undefined ? showPool(pool) : `refused: ${refused}`;
  const how = refused === undefined ? `the pool of ${device} is ${got}` : `the kernel refuses it: ${refused}`;
  return {
    name: `${machine}: ${device} has its pool again when ${driver} is bound again`,
    ...{ ok: got === want, want, got, blame: 'kernel' },
    ...(got !== want && { reason: `after ${driver} was bound to ${device} again ${how}, before ${want}` }),
  };
}
