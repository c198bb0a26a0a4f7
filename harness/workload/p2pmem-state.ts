import * as z from 'zod';
import { deviceId } from '../scenario/schema-parts.js';
import { p2pmemDir } from './rig.js';
import { leavesNothing, stepKind } from './step-kind.js';

/** Reads what sysfs says of a provider's pool. Samples: size, available (bytes), published (0 or 1). */
export const p2pmemState = stepKind({
  kind: 'p2pmem-state',
  summary: "reads size, available and published of a provider's p2pmem",
  parameters: 'provider',
  records: 'size, available (B), published',
  params: z.strictObject({ provider: deviceId('a provider') }),
  references: ({ provider }) => [{ path: ['provider'], id: provider, want: ['provider'] }],
  commands: ({ provider }, rig) => [
    { label: 'sysfs', script: `cd ${p2pmemDir(rig.bdf(provider))} && cat size available published` },
  ],
  samples: (_, [output]) => {
    const [, size, available, published] = /^(\d+)\n(\d+)\n([01])\n$/.exec(output?.stdout ?? '') ?? [];
    if (published === undefined) throw new Error('sysfs did not show size, available and published');
    return [
      { name: 'size', value: Number(size), unit: 'B' },
      { name: 'available', value: Number(available), unit: 'B' },
      { name: 'published', value: Number(published) },
    ];
  },
  asFound: leavesNothing,
});
