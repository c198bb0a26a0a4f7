import * as z from 'zod';
import { deviceId, oneOf, size } from '../scenario/schema-parts.js';
import { findDisk, p2pmemDir, type Rig } from './rig.js';
import { stepKind, type CommandOutput } from './step-kind.js';

const params = z.strictObject({
  provider: deviceId('a provider'),
  via: oneOf(['sysfs', 'device']).default('sysfs'),
  bytes: size({ min: 4096, multipleOf: 4096 }).default(1024 * 1024),
  disk: deviceId('a drive').optional(),
});
type RemovalParams = z.infer<typeof params>;

/**
 * Takes the driver from a provider while a process has its memory mapped, reads and writes it, and has the file open;
 * with `disk` also while fio moves data between that drive and the memory. Then binds it again. `via` is how the memory
 * is mapped: p2pdma's `allocate`, or /dev/p2pmemN of the device design.
 *
 * Samples: `revoked` (1: the process got SIGBUS), `again` (what a new mmap of the open file says), `unbindMs`, `ioEnded`
 * (how fio ended, `none` without), `pool` (`gone` or `there` while there was no driver).
 */
export const p2pmemRemoval = stepKind({
  kind: 'p2pmem-removal',
  summary: 'unbinds a provider whose memory is mapped, open and in use',
  parameters:
    'provider, via (sysfs, or device: /dev/p2pmemN), bytes (1M), disk (a drive whose data moves meanwhile)',
  records: 'revoked, again, unbindMs, pool, ioEnded',
  params,
  references: ({ provider, disk }) => [
    { path: ['provider'], id: provider, want: ['provider'] },
    ...(disk === undefined ? [] : [{ path: ['disk'], id: disk, want: ['nvme' as const] }]),
  ],
  commands: (p, rig) => [{ label: `via-${p.via}`, script: removalScript(p, rig) }],
  samples: (_, [output]) => readRemoval(output),
});

const folder = '/run/p2plab-removal';

function removalScript({ provider, via, bytes, disk }: RemovalParams, rig: Rig): string {
  const bdf = rig.bdf(provider);
  const file = via === 'sysfs' ? `${p2pmemDir(bdf)}/allocate` : '/dev/$(cd $device && echo p2pmem[0-9]*)';
  const fio = disk === undefined ? [] : [findDisk(rig.disk(disk)), ...fioLines(bdf)];
  return [
    'set -e',
    `device=/sys/bus/pci/devices/${bdf}; driver=$(cd -P $device/driver && pwd)`,
    `file=${file}`,
    `rm -rf ${folder}; mkdir ${folder}; cd ${folder}; mkfifo stdin`,
    `p2pmem-map revoke "$file" ${bytes} <stdin >held 2>&1 & holder=$!`,
    'exec 4>stdin',
    'until grep -q held held; do kill -0 $holder || { cat held >&2; exit 1; }; sleep 0.05; done',
    ...fio,
    'read -r before _ </proc/uptime',
    `echo ${bdf} >$driver/unbind`,
    'read -r after _ </proc/uptime',
    'pool=gone; [ ! -e $device/p2pmem ] || pool=there',
    'wait $holder || { cat held >&2; exit 1; }',
    'exec 4>&-',
    ...(disk === undefined ? ['io=none'] : ['io="exit 0"; wait $fio || io="exit $?"']),
    `echo ${bdf} >$driver/bind`,
    'cat held',
    'echo "removal $before $after $pool $io"',
  ].join('\n');
}

/** Until it is cut off; a second of it runs before. */
const fioLines = (bdf: string) => [
  `fio --name=in-flight --filename="$disk" --direct=1 --rw=randwrite --bs=64k --size=16M --ioengine=io_uring --iodepth=8 \\`,
  `  --mem=mmapshared:${p2pmemDir(bdf)}/allocate --time_based --runtime=120 >fio.out 2>&1 & fio=$!`,
  'sleep 1; kill -0 $fio || { cat fio.out >&2; exit 1; }',
];

function readRemoval(output: CommandOutput | undefined) {
  const text = output?.stdout ?? '';
  const held = JSON.parse(/^\{.*\}$/m.exec(text)?.[0] ?? '') as { revoked: number; again: string };
  const told = /^removal (\d+\.\d+) (\d+\.\d+) (gone|there) (.+)$/m.exec(text);
  if (!told) throw new Error('the script did not come to its end');
  const [, before, after, pool, ioEnded] = told;
  return [
    { name: 'revoked', value: held.revoked },
    { name: 'again', value: held.again || 'mapped' },
    { name: 'unbindMs', value: Math.round((Number(after) - Number(before)) * 1000), unit: 'ms' },
    { name: 'pool', value: pool! },
    { name: 'ioEnded', value: ioEnded! },
  ];
}
