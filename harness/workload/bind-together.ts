import * as z from 'zod';
import { count, deviceId, list } from '../scenario/schema-parts.js';
import type { Rig } from './rig.js';
import { stepKind } from './step-kind.js';

const params = z.strictObject({
  devices: list(deviceId('a provider')).refine((ids) => new Set(ids).size >= 2, 'at least two devices'),
  rounds: count({ min: 1, max: 1000 }).default(3),
});

/** So long a pool may take to be as it was: a driver may finish its probe in the background. */
const settleSeconds = 5;

/**
 * Takes the drivers from several providers at once and gives them back at once, so that they are probed side by side.
 * Samples: rounds, refused (binds and unbinds that failed), left (pools that were there without a driver), changed (pools
 * that were not what they had been, size, available and published, within 5 s); of all rounds.
 */
export const bindTogether = stepKind({
  kind: 'bind-together',
  summary: 'unbinds several providers at once and binds them again at once, a number of times',
  parameters: 'devices, rounds (3)',
  records: 'rounds, refused, left, changed',
  params,
  references: ({ devices }) =>
    devices.map((id, n) => ({ path: ['devices', n], id, want: ['provider' as const] })),
  commands: ({ devices, rounds }, rig) => [{ label: 'bind', script: script(devices, rounds, rig) }],
  samples: (_, [output]) => {
    const end = /^rounds (\d+) refused (\d+) left (\d+) changed (\d+)$/m.exec(output?.stdout ?? '');
    if (!end) throw new Error('the script did not come to its last round');
    return ['rounds', 'refused', 'left', 'changed'].map((name, n) => ({ name, value: Number(end[n + 1]) }));
  },
});

function script(devices: readonly string[], rounds: number, rig: Rig): string {
  const bdfs = devices.map((id) => rig.bdf(id)).join(' ');
  return [
    'cd /sys/bus/pci/devices; round=0 refused=0 left=0 changed=0',
    'pool() { cat $1/p2pmem/size $1/p2pmem/available $1/p2pmem/published 2>/dev/null; }',
    `for bdf in ${bdfs}; do`,
    '  driver=$(cd -P $bdf/driver && pwd) || { echo "$bdf has no driver" >&2; exit 1; }',
    '  key=$(echo $bdf | tr -c a-z0-9 _); eval "driver_$key=$driver; pool_$key=\\$(pool $bdf)"',
    'done',
    'all() {',
    '  pids=',
    `  for bdf in ${bdfs}; do`,
    '    key=$(echo $bdf | tr -c a-z0-9 _); eval "driver=\\$driver_$key"; (echo $bdf >$driver/$1) & pids="$pids $!"',
    '  done',
    '  for pid in $pids; do wait $pid || refused=$((refused + 1)); done',
    '}',
    'settled() {',
    '  try=0',
    `  while [ "$(pool $1)" != "$2" ]; do [ $try -lt ${settleSeconds * 10} ] || return 1; sleep 0.1; try=$((try + 1)); done`,
    '}',
    `while [ $round -lt ${rounds} ]; do`,
    '  all unbind',
    `  for bdf in ${bdfs}; do [ ! -e $bdf/p2pmem ] || left=$((left + 1)); done`,
    '  all bind',
    `  for bdf in ${bdfs}; do`,
    '    key=$(echo $bdf | tr -c a-z0-9 _); eval "was=\\$pool_$key"; settled $bdf "$was" || changed=$((changed + 1))',
    '  done',
    '  round=$((round + 1))',
    'done',
    'echo "rounds $round refused $refused left $left changed $changed"',
  ].join('\n');
}
