import * as z from 'zod';
import { deviceId, oneOf } from '../scenario/schema-parts.js';
import { findNetdev } from './rig.js';
import { stepKind } from './step-kind.js';

/** Brings a NIC up with its planned address, waits for its link and puts a soft RDMA device on it, named after the NIC. */
export const rdmaLink = stepKind({
  kind: 'rdma-link',
  summary: 'brings a NIC up and makes a soft RDMA device (rxe, siw) of it',
  parameters: 'nic, driver (rxe, siw)',
  params: z.strictObject({ nic: deviceId('a NIC'), driver: oneOf(['rxe', 'siw']) }),
  references: ({ nic }) => [{ path: ['nic'], id: nic, want: ['nic'] }],
  commands: ({ nic, driver }, rig) => {
    const { address, prefixLength } = rig.address(nic);
    const lines = [
      'set -e',
      findNetdev(rig.bdf(nic)),
      'ip link set "$netdev" up',
      // an e1000e takes seconds to find its link, and a connection that is tried before may be refused
      'until [ "$(cat "/sys/class/net/$netdev/carrier")" = 1 ]; do sleep 0.1; done',
      `ip address add ${address}/${prefixLength} dev "$netdev"`,
      `rdma link add ${nic} type ${driver} netdev "$netdev"`,
      'rdma link',
    ];
    return [{ label: driver, script: lines.join('\n') }];
  },
  samples: () => [],
  asFound: ({ nic }, rig) => [
    {
      label: 'delete',
      script: [
        findNetdev(rig.bdf(nic)),
        `rdma link delete ${nic}`,
        'ip address flush dev "$netdev"; ip link set "$netdev" down',
      ].join('\n'),
    },
  ],
});
