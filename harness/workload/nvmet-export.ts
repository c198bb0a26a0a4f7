import { createHash } from 'node:crypto';
import * as z from 'zod';
import { count, deviceId, flag, name, oneOf, size } from '../scenario/schema-parts.js';
import { findDisk, nqn, serviceOf, type Rig } from './rig.js';
import { leavesNothing, stepKind } from './step-kind.js';
import { unexport } from './nvmet-unexport.js';

const namespace = z.strictObject({
  drive: deviceId('a drive'),
  p2pmem: deviceId('none, auto or a provider').default('none'),
  size: size({ min: 2 ** 20, multipleOf: 512 }).optional(),
  enabled: flag().default(true),
});
const params = z
  .strictObject({
    subsystem: name('a subsystem name'),
    transport: oneOf(['rdma', 'tcp', 'loop']),
    nic: deviceId('a NIC').optional(),
    port: count({ min: 1, max: 9 }).default(1),
    namespaces: z.array(namespace).min(1, 'at least one namespace'),
    inline: size({ min: 0, max: 16384 }).optional(),
  })
  .refine(({ transport, nic }) => (transport === 'loop') === (nic === undefined), {
    path: ['nic'],
    message: 'a NIC, and none for loop',
  });
type ExportParams = z.infer<typeof params>;
type Namespace = z.infer<typeof namespace>;

/**
 * Exports drives with the kernel's NVMe target through its configfs (drivers/nvme/target/configfs.c, 6.12).
 * `p2pmem` of a namespace: a provider by BDF, `auto` for the kernel's choice, `none` for plain memory. With `size` it is
 * only the first bytes of the drive, as a partition, and can grow (nvmet-resize).
 * `inline`: bytes of a write that the port takes within the command capsule; without it the kernel's default. A port
 * that an earlier step made takes the subsystem as it is.
 */
export const nvmetExport = stepKind({
  kind: 'nvmet-export',
  summary: 'exports drives with the NVMe target (nvmet), with or without p2pmem',
  parameters:
    'subsystem, transport (rdma, tcp, loop), nic (not for loop), port (1), namespaces: [{drive, p2pmem: none, auto or a provider, size (of a partition at its start), enabled (true)}], inline (bytes of a write that the port takes in the capsule)',
  params,
  references: ({ nic, namespaces }) => [
    ...(nic === undefined ? [] : [{ path: ['nic'], id: nic, want: ['nic' as const] }]),
    ...namespaces.flatMap(({ drive, p2pmem }, n) => [
      { path: ['namespaces', n, 'drive'], id: drive, want: ['nvme' as const] },
      ...(p2pmem === 'none' || p2pmem === 'auto'
        ? []
        : [{ path: ['namespaces', n, 'p2pmem'], id: p2pmem, want: ['provider' as const] }]),
    ]),
  ],
  commands: (p, rig) => {
    const lines = [
      'set -e',
      `cd /sys/kernel/config/nvmet`,
      `subsystem=subsystems/${nqn(p.subsystem)}`,
      'mkdir "$subsystem"',
      'echo 1 >"$subsystem/attr_allow_any_host"',
      ...p.namespaces.map((ns, index) => namespaceLines(p.subsystem, ns, index + 1, rig)),
      ...portLines(p, rig),
      `ln -s "/sys/kernel/config/nvmet/$subsystem" ports/${p.port}/subsystems/`,
    ];
    return [{ label: p.transport, script: lines.join('\n') }];
  },
  samples: () => [],
  exports: ({ subsystem, namespaces }) => ({ subsystem, drives: namespaces.map(({ drive }) => drive) }),
  withoutP2p: (p) => ({ ...p, namespaces: p.namespaces.map((ns) => ({ ...ns, p2pmem: 'none' })) }),
  undo: ({ subsystem, port }) => [{ label: 'unexport', script: unexport(subsystem, port) }],
  asFound: leavesNothing,
});

function namespaceLines(
  subsystem: string,
  { drive, p2pmem, size: bytes, enabled }: Namespace,
  nsid: number,
  rig: Rig,
): string {
  const choice = { none: '0', auto: '1' }[p2pmem] ?? rig.bdf(p2pmem);
  const folder = `$subsystem/namespaces/${nsid}`;
  return [
    findDisk(rig.disk(drive)),
    ...(bytes === undefined ? [] : [`blkpg add "$disk" 1 0 ${bytes}`, 'disk="${disk}p1"']),
    `mkdir "${folder}"`,
    `echo "$disk" >"${folder}/device_path"`,
    // a host takes a namespace for another one, and fails its I/O, when it comes back with another UUID
    `echo ${uuidOf(subsystem, nsid)} >"${folder}/device_uuid"`,
    `echo ${choice} >"${folder}/p2pmem"`,
    ...(enabled ? [`echo 1 >"${folder}/enable"`] : []),
  ].join('\n');
}

function uuidOf(subsystem: string, nsid: number): string {
  const hex = createHash('sha256').update(`${subsystem} ${nsid}`).digest('hex');
  return `70327032-6c61-4000-8001-${hex.slice(0, 12)}`;
}

function portLines({ transport, nic, port, inline }: ExportParams, rig: Rig): string[] {
  const folder = `ports/${port}`;
  const address =
    nic === undefined
      ? []
      : [
          `  echo ipv4 >${folder}/addr_adrfam`,
          `  echo ${rig.address(nic).address} >${folder}/addr_traddr`,
          `  echo ${serviceOf(port)} >${folder}/addr_trsvcid`,
        ];
  return [
    `if [ ! -d ${folder} ]; then`,
    `  mkdir ${folder}`,
    `  echo ${transport} >${folder}/addr_trtype`,
    ...address,
    ...(inline === undefined ? [] : [`  echo ${inline} >${folder}/param_inline_data_size`]),
    'fi',
  ];
}
