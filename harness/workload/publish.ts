import * as z from 'zod';
import { deviceId, flag } from '../scenario/schema-parts.js';
import { stepKind } from './step-kind.js';

/** Of ivshmem's driver in kernels/series/p2pdma-enable (Documentation/ABI/testing/sysfs-driver-p2pmem-ivshmem). */
const publishFile = (bdf: string): string => `/sys/bus/pci/devices/${bdf}/publish`;

/** Publishes the memory of an ivshmem, as it is at first, or withdraws it, with its driver bound. Sample: published. */
export const publish = stepKind({
  kind: 'publish',
  summary: 'publishes the memory of an ivshmem to be chosen by others, or withdraws it',
  parameters: 'provider, published (true or false)',
  records: 'published (0 or 1, as sysfs has it afterwards)',
  params: z.strictObject({ provider: deviceId('an ivshmem'), published: flag() }),
  references: ({ provider }) => [{ path: ['provider'], id: provider, want: ['ivshmem'] }],
  commands: ({ provider, published }, rig) => {
    const bdf = rig.bdf(provider);
    const lines = [
      'set -e',
      `echo ${published ? 1 : 0} >${publishFile(bdf)}`,
      `echo "published $(cat /sys/bus/pci/devices/${bdf}/p2pmem/published)"`,
    ];
    return [{ label: 'publish', script: lines.join('\n') }];
  },
  undo: ({ provider }, rig) => [
    { label: 'publish', script: `file=${publishFile(rig.bdf(provider))}; [ ! -e $file ] || echo 1 >$file` },
  ],
  samples: (_, [output]) => {
    const [, published] = /^published ([01])$/m.exec(output?.stdout ?? '') ?? [];
    if (published === undefined) throw new Error('sysfs did not say whether the memory is published');
    return [{ name: 'published', value: Number(published) }];
  },
});
