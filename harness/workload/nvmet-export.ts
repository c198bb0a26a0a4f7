import { z } from 'zod';
import { deviceId, name, oneOf, size } from '../scenario/schema-parts.js';
import { findDisk, nqn, nvmeofPort, type Rig } from './rig.js';
import { stepKind } from './step-kind.js';

const namespace = z.strictObject({
  drive: deviceId('a drive'),
  p2pmem: deviceId('none, auto or a provider').default('none'),
});
const params = z.strictObject({
  subsystem: name('a subsystem name'),
  transport: oneOf(['rdma', 'tcp']),
  nic: deviceId('a NIC'),
  namespaces: z.array(namespace).min(1, 'at least one namespace'),
  inline: size({ min: 0, max: 16384 }).optional(),
});
type Namespace = z.infer<typeof namespace>;

/**
 * Exports drives with the kernel's NVMe target through its configfs (drivers/nvme/target/configfs.c, 6.12).
 * `p2pmem` of a namespace: a provider by BDF, `auto` for the kernel's choice, `none` for plain memory.
 * `inline`: bytes of a write that the port takes within the command capsule; without it the kernel's default.
 */
export const nvmetExport = stepKind({
  kind: 'nvmet-export',
  summary: 'exports drives with the NVMe target (nvmet), with or without p2pmem',
  parameters:
    'subsystem, transport (rdma, tcp), nic, namespaces: [{drive, p2pmem: none, auto or a provider}], inline (bytes of a write that the port takes in the capsule)',
  params,
  references: ({ nic, namespaces }) => [
    { path: ['nic'], id: nic, want: ['nic'] },
    ...namespaces.flatMap(({ drive, p2pmem }, n) => [
      { path: ['namespaces', n, 'drive'], id: drive, want: ['nvme' as const] },
      ...(p2pmem === 'none' || p2pmem === 'auto'
        ? []
        : [{ path: ['namespaces', n, 'p2pmem'], id: p2pmem, want: ['provider' as const] }]),
    ]),
  ],
  commands: ({ subsystem, transport, nic, namespaces, inline }, rig) => {
    const lines = [
      'set -e',
      `cd /sys/kernel/config/nvmet`,
      `subsystem=subsystems/${nqn(subsystem)}`,
      'mkdir "$subsystem"',
      'echo 1 >"$subsystem/attr_allow_any_host"',
      ...namespaces.map((ns, index) => namespaceLines(ns, index + 1, rig)),
      ...portLines(transport, rig.address(nic).address, inline),
    ];
    return [{ label: transport, script: lines.join('\n') }];
  },
  samples: () => [],
  exports: ({ subsystem, namespaces }) => ({ subsystem, drives: namespaces.map(({ drive }) => drive) }),
  withoutP2p: (p) => ({ ...p, namespaces: p.namespaces.map((ns) => ({ ...ns, p2pmem: 'none' })) }),
  undo: ({ subsystem }) => [{ label: 'unexport', script: unexport(subsystem) }],
});

/** In the reverse order of the export: configfs refuses to remove what is still linked. */
const unexport = (subsystem: string): string =>
  [
    'cd /sys/kernel/config/nvmet',
    `subsystem=subsystems/${nqn(subsystem)}`,
    '[ -d "$subsystem" ] || exit 0',
    `rm -f ports/1/${'"$subsystem"'}`,
    'rmdir ports/1',
    'for namespace in "$subsystem"/namespaces/*; do rmdir "$namespace"; done',
    'rmdir "$subsystem"',
  ].join('\n');

function namespaceLines({ drive, p2pmem }: Namespace, nsid: number, rig: Rig): string {
  const choice = { none: '0', auto: '1' }[p2pmem] ?? rig.bdf(p2pmem);
  return [
    findDisk(rig.disk(drive)),
    `mkdir "$subsystem/namespaces/${nsid}"`,
    `echo "$disk" >"$subsystem/namespaces/${nsid}/device_path"`,
    `echo ${choice} >"$subsystem/namespaces/${nsid}/p2pmem"`,
    `echo 1 >"$subsystem/namespaces/${nsid}/enable"`,
  ].join('\n');
}

const portLines = (transport: string, address: string, inline: number | undefined): string[] => [
  'mkdir ports/1',
  `echo ${transport} >ports/1/addr_trtype`,
  'echo ipv4 >ports/1/addr_adrfam',
  `echo ${address} >ports/1/addr_traddr`,
  `echo ${nvmeofPort} >ports/1/addr_trsvcid`,
  ...(inline === undefined ? [] : [`echo ${inline} >ports/1/param_inline_data_size`]),
  'ln -s "/sys/kernel/config/nvmet/$subsystem" ports/1/subsystems/',
];
