import * as z from 'zod';
import { deviceId, oneOf } from '../scenario/schema-parts.js';
import { findNetdev } from './rig.js';
import { stepKind } from './step-kind.js';

/** Pulls the cable of a NIC or puts it back, and waits until the guest has seen it. Sample: carrier (0, 1). */
export const setLink = stepKind({
  kind: 'set-link',
  summary: 'takes the link of a NIC down or brings it up',
  parameters: 'nic, link (up, down)',
  records: 'carrier (0, 1)',
  params: z.strictObject({ nic: deviceId('a NIC'), link: oneOf(['up', 'down']) }),
  references: ({ nic }) => [{ path: ['nic'], id: nic, want: ['nic'] }],
  commands: ({ nic, link }, rig) => {
    const want = link === 'up' ? 1 : 0;
    const lines = [
      findNetdev(rig.bdf(nic)),
      `n=0; while read -r carrier </sys/class/net/$netdev/carrier && [ "$carrier" != ${want} ] && [ $n -lt 100 ]; do`,
      '  sleep 0.1; n=$((n + 1))',
      'done',
      'echo "carrier $carrier"',
    ];
    return [
      { label: link, qmp: { execute: 'set_link', arguments: { name: nic, up: link === 'up' } } },
      { label: 'carrier', script: lines.join('\n') },
    ];
  },
  samples: (_, [, seen]) => {
    const carrier = /^carrier ([01])$/m.exec(seen?.stdout ?? '')?.[1];
    if (carrier === undefined) throw new Error('the script did not tell the carrier');
    return [{ name: 'carrier', value: Number(carrier) }];
  },
});
