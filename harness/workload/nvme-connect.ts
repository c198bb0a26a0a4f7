import * as z from 'zod';
import { count, deviceId, list, name, oneOf } from '../scenario/schema-parts.js';
import { findDisk, hostId, hostNqn, nqn, serviceOf, type Rig } from './rig.js';
import { stepKind } from './step-kind.js';

const params = z
  .strictObject({
    subsystem: name('a subsystem name'),
    as: list(deviceId('a name for the disk')),
    transport: oneOf(['rdma', 'tcp', 'loop']),
    nic: deviceId('the NIC that exports it').optional(),
    port: count({ min: 1, max: 9 }).default(1),
    host: count({ min: 1, max: 9 }).default(1),
    retries: count({ max: 255 }).default(0),
    reconnectSeconds: count({ min: 1, max: 60 }).default(10),
    keepAliveSeconds: count({ min: 1, max: 600 }).default(30),
  })
  .refine(({ transport, nic }) => (transport === 'loop') === (nic === undefined), {
    path: ['nic'],
    message: 'the NIC that exports it, and none for loop',
  });

/** `nvme_max_retries` of drivers/nvme/host/core.c (6.12). */
const kernelsRetries = 5;

type ConnectParams = z.infer<typeof params>;

/**
 * Connects to an exported subsystem; its namespaces, from the first, are then the disks `as`. A `host` has a host NQN
 * and a controller of its own.
 * `retries` sets nvme_core.max_retries first: the kernel's 5 would hide short failures, so none is the default.
 * A keep-alive has 30 s and not the kernel's 5 (NVME_DEFAULT_KATO of drivers/nvme/host/nvme.h, 6.12): a debug kernel on a
 * loaded host was seen to need longer, and lost its connection in the middle of I/O.
 */
export const nvmeConnect = stepKind({
  kind: 'nvme-connect',
  summary: 'connects to an exported subsystem and names its disks',
  parameters:
    "subsystem, as (the disk's id from then on, or a list: namespace 1, 2, …), transport (rdma, tcp, loop), nic (not for loop), port (1), host (1), retries (0), reconnectSeconds (10), keepAliveSeconds (30)",
  params,
  references: ({ nic }) =>
    nic === undefined ? [] : [{ path: ['nic'], id: nic, want: ['nic'], anywhere: true }],
  connects: ({ as }) => as,
  connectsTo: ({ subsystem, host }) => ({ subsystem, host }),
  commands: (p, rig) => {
    const { subsystem, as, transport, host, retries } = p;
    const lines = [
      'set -e',
      `echo ${retries} >/sys/module/nvme_core/parameters/max_retries`,
      connectLine(p, rig),
      ...as.flatMap((_, index) => waitForDisk({ subsystem, host, nsid: index + 1 })),
    ];
    return [{ label: transport, script: lines.join('\n') }];
  },
  samples: () => [],
  withoutP2p: (p) => p,
  asFound: () => [
    { label: 'retries', script: `echo ${kernelsRetries} >/sys/module/nvme_core/parameters/max_retries` },
  ],
  undo: ({ subsystem }) => [{ label: 'disconnect', script: `nvme disconnect --nqn=${nqn(subsystem)}` }],
});

/**
 * nvme-cli 2.4 takes a second host of a machine for one that is connected already: its options go to the kernel as they
 * are. loop.c never connects again, and knows no delay.
 */
function connectLine(p: ConnectParams, rig: Rig) {
  const { subsystem, transport, nic, port, host, reconnectSeconds, keepAliveSeconds } = p;
  const target =
    nic === undefined
      ? {}
      : { traddr: rig.address(nic).address, trsvcid: serviceOf(port), reconnect_delay: reconnectSeconds };
  const names = { nqn: nqn(subsystem), hostnqn: hostNqn(host), hostid: hostId(host) };
  const options = Object.entries({ transport, ...target, keep_alive_tmo: keepAliveSeconds, ...names });
  if (host > 1)
    return `printf ${options.map(([key, value]) => `${key}=${value}`).join(',')} >/dev/nvme-fabrics`;
  const words = options.map(([key, value]) => `--${key.replaceAll('_', '-')}=${value}`);
  return `nvme connect ${words.join(' \\\n  ')}`;
}

/** Namespaces are scanned after the connect has returned. */
const waitForDisk = (disk: Parameters<typeof findDisk>[0]): string[] => [
  'for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do',
  `  if (\n${findDisk(disk)}\n[ -b "$disk" ] ) 2>/dev/null; then break; fi`,
  '  sleep 0.1',
  'done',
  findDisk(disk),
  'echo "$disk"',
];
