import { z } from 'zod';
import { count, deviceId, name, oneOf } from '../scenario/schema-parts.js';
import { findDisk, nqn, nvmeofPort } from './rig.js';
import { stepKind } from './step-kind.js';

/** The kernel wants a host id and a host NQN that always go together (drivers/nvme/host/fabrics.c, 6.12). */
const hostId = '70327032-6c61-4000-8000-000000000001';

/**
 * Connects to an exported subsystem; the namespace is then the disk `as`.
 * `retries` sets nvme_core.max_retries first: the kernel's 5 would hide short failures, so none is the default.
 */
export const nvmeConnect = stepKind({
  kind: 'nvme-connect',
  summary: 'connects to an exported subsystem and names its disk',
  parameters: "subsystem, as (the disk's id from then on), transport, nic, retries (0)",
  params: z.strictObject({
    subsystem: name('a subsystem name'),
    as: deviceId('a name for the disk'),
    transport: oneOf(['rdma', 'tcp']),
    nic: deviceId('the NIC that exports it'),
    retries: count({ max: 255 }).default(0),
  }),
  references: ({ nic }) => [{ path: ['nic'], id: nic, want: ['nic'], anywhere: true }],
  connects: ({ as }) => as,
  connectsTo: ({ subsystem }) => subsystem,
  commands: ({ subsystem, transport, nic, retries }, rig) => {
    const { address } = rig.address(nic);
    const lines = [
      'set -e',
      `echo ${retries} >/sys/module/nvme_core/parameters/max_retries`,
      `nvme connect --transport=${transport} --traddr=${address} --trsvcid=${nvmeofPort} \\`,
      `  --nqn=${nqn(subsystem)} --hostnqn=nqn.2014-08.org.nvmexpress:uuid:${hostId} --hostid=${hostId}`,
      '# the namespace is scanned after the connect has returned',
      'for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do',
      `  if (\n${findDisk({ subsystem })}\n[ -b "$disk" ] ) 2>/dev/null; then break; fi`,
      '  sleep 0.1',
      'done',
      findDisk({ subsystem }),
      'echo "$disk"',
    ];
    return [{ label: transport, script: lines.join('\n') }];
  },
  samples: () => [],
  withoutP2p: (p) => p,
  undo: ({ subsystem }) => [{ label: 'disconnect', script: `nvme disconnect --nqn=${nqn(subsystem)}` }],
});
