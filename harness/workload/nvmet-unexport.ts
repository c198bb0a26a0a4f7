import * as z from 'zod';
import { count, name } from '../scenario/schema-parts.js';
import { nqn } from './rig.js';
import { leavesNothing, stepKind } from './step-kind.js';

/**
 * Takes an exported subsystem back, and its port with the last of its subsystems; hosts may be connected. Those of this
 * machine have noticed when the step ends.
 */
export const nvmetUnexport = stepKind({
  kind: 'nvmet-unexport',
  summary: 'takes an exported subsystem and its port back, also while hosts are connected',
  parameters: 'subsystem, port (1)',
  params: z.strictObject({
    subsystem: name('a subsystem name'),
    port: count({ min: 1, max: 9 }).default(1),
  }),
  commands: ({ subsystem, port }) => [
    { label: 'unexport', script: unexport(subsystem, port) },
    { label: 'noticed', script: untilNoticed(subsystem) },
  ],
  samples: () => [],
  withoutP2p: (p) => p,
  undo: () => [],
  asFound: leavesNothing,
});

/** How long a host can take that is told of the end of its connections. */
const noticeSeconds = 10;

const untilNoticed = (subsystem: string): string =>
  [
    'live() {',
    '  for controller in /sys/class/nvme/nvme*; do',
    '    { read -r nqn <"$controller/subsysnqn" && read -r state <"$controller/state"; } 2>/dev/null || continue',
    // the drive's own controller has an NQN of its own
    `    [ "$nqn $state" != "${nqn(subsystem)} live" ] || return 0`,
    '  done',
    '  return 1',
    '}',
    `tries=0; while live && [ $tries -lt ${noticeSeconds * 20} ]; do sleep 0.05; tries=$((tries + 1)); done`,
    '! live || { echo "a host has not noticed" >&2; exit 1; }',
  ].join('\n');

/** In the reverse order of the export: configfs refuses to remove what is still linked. Nothing left is no error. */
export const unexport = (subsystem: string, port: number): string =>
  [
    'cd /sys/kernel/config/nvmet',
    `subsystem=subsystems/${nqn(subsystem)}`,
    '[ -d "$subsystem" ] || exit 0',
    `rm -f ports/${port}/"$subsystem"`,
    `[ -n "$(ls ports/${port}/subsystems)" ] || rmdir ports/${port}`,
    'for namespace in "$subsystem"/namespaces/*; do',
    '  read -r disk <"$namespace/device_path"',
    '  rmdir "$namespace"',
    '  case $disk in *n*p1) blkpg del "${disk%p1}" 1 ;; esac',
    'done',
    'rmdir "$subsystem"',
  ].join('\n');
