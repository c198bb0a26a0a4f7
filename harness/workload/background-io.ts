import * as z from 'zod';
import { count, deviceId, size } from '../scenario/schema-parts.js';
import { findDisk, p2pmemDir } from './rig.js';
import { stepKind, type CommandOutput, type Sample } from './step-kind.js';

/** Files of the I/O of one disk, in the guest. */
const fileOf = (disk: string, what: string) => `/run/p2plab-io-${disk}.${what}`;

/** A program that does not say that it runs, or does not end, within this time is stuck. */
const waitSeconds = 60;

const beginParams = z.strictObject({
  disk: deviceId('a drive, or a disk that nvme-connect named'),
  memory: deviceId('ram, or a provider').default('ram'),
  block: size({ min: 512, max: 4 * 2 ** 20, multipleOf: 512 }).default(4096),
  size: size({ min: 4096, multipleOf: 4096 }).default(2 ** 20),
  at: size({ min: 0, multipleOf: 4096 }).default(0),
  workers: count({ min: 1, max: 16 }).default(2),
});

/**
 * Starts I/O that goes on while later steps do something to the disk, the memory or the way between them: each worker
 * writes blocks, reads them back and compares them (images/programs/p2pmem-io.c). The step is over when every worker
 * has done its first block or met its first error. One disk has one such I/O at a time, until io-end.
 */
export const ioBegin = stepKind({
  kind: 'io-begin',
  summary: 'starts I/O that goes on during the next steps, until io-end',
  parameters:
    'disk, memory (ram or a provider), block (4k), size of the region (1M), at (0: where it begins), workers (2)',
  params: beginParams,
  references: ({ disk, memory }) => [
    { path: ['disk'], id: disk, want: ['nvme', 'connected'] },
    ...(memory === 'ram' ? [] : [{ path: ['memory'], id: memory, want: ['provider' as const] }]),
  ],
  commands: ({ disk, memory, block, size: bytes, at, workers }, rig) => {
    const [out, pid, state] = ['out', 'pid', 'state'].map((what) => fileOf(disk, what));
    const from = memory === 'ram' ? 'ram' : `${p2pmemDir(rig.bdf(memory))}/allocate`;
    const lines = [
      'set -e',
      findDisk(rig.disk(disk)),
      `setsid p2pmem-io run "$disk" ${at} ${bytes} ${block} ${workers} ${state} ${from} >${out} 2>&1 </dev/null &`,
      `pid=$!; echo $pid >${pid}; n=0`,
      `until grep -q '^running' ${out}; do`,
      `  kill -0 $pid 2>/dev/null || { cat ${out} >&2; exit 1; }`,
      `  n=$((n + 1)); [ $n -le ${waitSeconds * 10} ] || { echo "no I/O within ${waitSeconds} s" >&2; exit 1; }`,
      '  sleep 0.1',
      'done',
    ];
    return [{ label: 'begin', script: lines.join('\n') }];
  },
  samples: () => [],
  undo: ({ disk }) => [{ label: 'stop', script: `[ ! -e ${fileOf(disk, 'pid')} ] || {\n${stopIo(disk)}\n}` }],
});

const endParams = z.strictObject({ disk: deviceId('the disk of io-begin') });

/**
 * Stops the I/O that io-begin started, or waits for its end when it met an error, and tells how it was.
 *
 * Samples: `ended`, each way in which a worker ended, in alphabetic order (`stopped`, `revoked`: its memory was taken
 * from it, `disk-gone`, or the name of another errno), `badBlocks`: came back other than they were written, and
 * `operations`: `some` or `none`, since how many is the host's doing.
 */
export const ioEnd = stepKind({
  kind: 'io-end',
  summary: 'ends what io-begin started and tells how it went',
  parameters: 'disk',
  records: 'ended (stopped, revoked, disk-gone or an errno; or several), badBlocks, operations (some, none)',
  params: endParams,
  references: ({ disk }) => [{ path: ['disk'], id: disk, want: ['nvme', 'connected'] }],
  commands: ({ disk }) => [
    {
      label: 'end',
      script: `set -e\n${stopIo(disk)}\ncat ${fileOf(disk, 'out')}; rm ${fileOf(disk, 'pid')}`,
    },
  ],
  samples: (_, [output]) => readEnd(output),
});

const stopIo = (disk: string): string =>
  [
    `read -r pid <${fileOf(disk, 'pid')}; kill $pid 2>/dev/null || true; n=0`,
    'while [ -e /proc/$pid ]; do',
    `  n=$((n + 1)); [ $n -le ${waitSeconds * 10} ] || { echo "I/O of ${disk} does not end within ${waitSeconds} s" >&2; exit 1; }`,
    '  sleep 0.1',
    'done',
  ].join('\n');

/** What a process sees whose memory was taken away: at an access, or when the kernel looks for the pages. */
const revoked = ['SIGBUS', 'EFAULT'];
/** What a block device without its disk says: it has no driver, or no size (blk_mark_disk_dead() in block/genhd.c). */
const diskGone = ['EIO', 'ENODEV', 'ENXIO', 'ENOSPC', 'EOF'];

const wayOf = (end: string): string =>
  end === '' ? 'stopped' : revoked.includes(end) ? 'revoked' : diskGone.includes(end) ? 'disk-gone' : end;

function readEnd(output: CommandOutput | undefined): Sample[] {
  const line = /^\{.*\}$/m.exec(output?.stdout ?? '')?.[0] ?? '';
  const { operations, badBlocks, ends } = JSON.parse(line) as {
    operations: number;
    badBlocks: number;
    ends: string[];
  };
  return [
    { name: 'ended', value: [...new Set(ends.map(wayOf))].sort().join(',') },
    { name: 'badBlocks', value: badBlocks },
    { name: 'operations', value: operations > 0 ? 'some' : 'none' },
  ];
}

const checkParams = z.strictObject({
  ...endParams.shape,
  block: beginParams.shape.block,
  size: beginParams.shape.size,
  at: beginParams.shape.at,
});

/**
 * Reads again what the last I/O of io-begin wrote, out of RAM: every block must be of the last write that was
 * acknowledged, or of one that was under way when it ended. The same block, size and `at` as there.
 */
export const ioCheck = stepKind({
  kind: 'io-check',
  summary: 'reads what io-begin wrote and looks whether anything acknowledged is lost',
  parameters: 'disk, block, size, at (as in io-begin)',
  records: 'lost, checked (blocks: some, none)',
  params: checkParams,
  references: ({ disk }) => [{ path: ['disk'], id: disk, want: ['nvme', 'connected'] }],
  commands: ({ disk, block, size: bytes, at }, rig) => [
    {
      label: 'check',
      script: `${findDisk(rig.disk(disk))}\np2pmem-io check "$disk" ${at} ${bytes} ${block} ${fileOf(disk, 'state')}`,
    },
  ],
  samples: (_, [output]) => {
    const { checked, lost } = JSON.parse(output?.stdout ?? '') as { checked: number; lost: number };
    return [
      { name: 'lost', value: lost },
      { name: 'checked', value: checked > 0 ? 'some' : 'none' },
    ];
  },
});
