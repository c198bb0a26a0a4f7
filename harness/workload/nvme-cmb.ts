import * as z from 'zod';
import { deviceId } from '../scenario/schema-parts.js';
import { leavesNothing, stepKind } from './step-kind.js';

const files = ['cmb', 'cmbloc', 'cmbsz', 'queue_count', 'sqsize'] as const;

/**
 * Reads what sysfs tells of a drive's CMB (drivers/nvme/host/pci.c, 6.12: cmb_show() and those after it), and of its
 * queues. Samples: cmb (its lines joined by `, `), cmbloc, cmbsz, each `absent` when there is no such file; pool
 * (`there` or `none`), ioQueues, and queueDepth of these.
 */
export const nvmeCmb = stepKind({
  kind: 'nvme-cmb',
  summary: "reads what sysfs tells of a drive's controller memory buffer and of its queues",
  parameters: 'drive',
  records:
    'cmb (lines, joined by commas), cmbloc, cmbsz (or absent), pool (there or none), ioQueues, queueDepth',
  params: z.strictObject({ drive: deviceId('a drive') }),
  references: ({ drive }) => [{ path: ['drive'], id: drive, want: ['nvme'] }],
  commands: ({ drive }, rig) => [
    {
      label: 'sysfs',
      script: [
        'set -e',
        `cd /sys/bus/pci/devices/${rig.bdf(drive)}; pool=none; [ ! -e p2pmem ] || pool=there; echo "pool $pool"`,
        "cd nvme/nvme[0-9]*; grep -s '' " + files.join(' ') + ' || true',
      ].join('\n'),
    },
  ],
  samples: (_, [output]) => {
    const stdout = output?.stdout ?? '';
    const linesOf = (name: string) =>
      [...stdout.matchAll(new RegExp(`^${name}:(.*)$`, 'gm'))].map(([, line]) => line!);
    const pool = /^pool (there|none)$/m.exec(stdout)?.[1];
    const [queues, sqsize] = ['queue_count', 'sqsize'].map((name) => Number(linesOf(name)[0] ?? NaN));
    if (pool === undefined || Number.isNaN(queues! + sqsize!))
      throw new Error('sysfs does not show the queues');
    return [
      { name: 'cmb', value: linesOf('cmb').join(', ') || 'absent' },
      ...(['cmbloc', 'cmbsz'] as const).map((name) => ({ name, value: linesOf(name)[0] ?? 'absent' })),
      { name: 'pool', value: pool },
      { name: 'ioQueues', value: queues! - 1 }, // one is the admin queue
      { name: 'queueDepth', value: sqsize! + 1 }, // counted from 0
    ];
  },
  asFound: leavesNothing,
});
