import * as z from 'zod';
import { count, deviceId, name, size } from '../scenario/schema-parts.js';
import { findDisk, nqn } from './rig.js';
import { stepKind } from './step-kind.js';

/**
 * Gives a namespace that was exported with a `size` another one while hosts use it, and has the target look again
 * (`revalidate_size`, drivers/nvme/target/configfs.c, 6.12), which tells the hosts.
 */
export const nvmetResize = stepKind({
  kind: 'nvmet-resize',
  summary: 'makes an exported namespace larger or smaller while hosts are connected',
  parameters: 'subsystem, nsid (1), drive, size',
  params: z.strictObject({
    subsystem: name('a subsystem name'),
    nsid: count({ min: 1 }).default(1),
    drive: deviceId('the drive that it is on'),
    size: size({ min: 2 ** 20, multipleOf: 512 }),
  }),
  references: ({ drive }) => [{ path: ['drive'], id: drive, want: ['nvme'] }],
  commands: ({ subsystem, nsid, drive, size: bytes }, rig) => {
    const lines = [
      'set -e',
      findDisk(rig.disk(drive)),
      `blkpg resize "$disk" 1 0 ${bytes}`,
      `echo 1 >/sys/kernel/config/nvmet/subsystems/${nqn(subsystem)}/namespaces/${nsid}/revalidate_size`,
    ];
    return [{ label: 'resize', script: lines.join('\n') }];
  },
  samples: () => [],
  withoutP2p: (p) => p,
  undo: () => [],
});
