import * as z from 'zod';
import { count, deviceId } from '../scenario/schema-parts.js';
import { pageBytes } from './p2pmem-map.js';
import { p2pmemDir } from './rig.js';
import { leavesNothing, stepKind } from './step-kind.js';

/**
 * Two processes map and unmap a page as often as they can, so that what one gives back is the next that the other gets;
 * with all the rest of the pool free no mapping may fail. They end after `seconds`, too: a kernel that looks at itself is
 * slow.
 * Samples: mappings, errors, pagesMissing.
 */
export const p2pmemChurn = stepKind({
  kind: 'p2pmem-churn',
  summary: 'lets two processes map and unmap a page of p2pmem at the same time, over and over',
  parameters: 'provider, count (of each process, 20000), seconds (at most, 60)',
  records: 'mappings, errors, pagesMissing',
  params: z.strictObject({
    provider: deviceId('a provider'),
    count: count({ min: 1, max: 10_000_000 }).default(20_000),
    seconds: count({ min: 1, max: 3600 }).default(60),
  }),
  references: ({ provider }) => [{ path: ['provider'], id: provider, want: ['provider'] }],
  commands: ({ provider, count, seconds }, rig) => {
    const dir = p2pmemDir(rig.bdf(provider));
    const lines = [
      `read -r before <${dir}/available`,
      `p2pmem-map churn ${dir}/allocate ${count} ${seconds} || exit`,
      `read -r after <${dir}/available`,
      `echo "missing $(((before - after) / ${pageBytes}))"`,
    ];
    return [{ label: 'churn', script: lines.join('\n') }];
  },
  samples: (_, [output]) => {
    const [, mappings, errors, missing] =
      /^\{"mappings":(\d+),"errors":(\d+)\}\nmissing (-?\d+)\n$/.exec(output?.stdout ?? '') ?? [];
    if (missing === undefined) throw new Error('p2pmem-map churn did not say how often it failed');
    return [
      { name: 'mappings', value: Number(mappings) },
      { name: 'errors', value: Number(errors) },
      { name: 'pagesMissing', value: Number(missing) },
    ];
  },
  asFound: leavesNothing,
});
