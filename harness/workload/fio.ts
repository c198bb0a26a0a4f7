import { z } from 'zod';
import { formatSize } from '../common/size.js';
import { count, deviceId, list, oneOf, size } from '../scenario/schema-parts.js';
import { findDisk, p2pmemDir, type Rig } from './rig.js';
import { stepKind, type CommandOutput, type Sample } from './step-kind.js';

const params = z.strictObject({
  disk: deviceId('a drive, or a disk that nvme-connect named'),
  rw: oneOf(['read', 'write', 'randread', 'randwrite']),
  bs: list(size({ min: 512, multipleOf: 512 })),
  size: size({ min: 4096, multipleOf: 512 }),
  memory: deviceId('ram, or a provider').default('ram'),
  engine: oneOf(['psync', 'libaio', 'io_uring']).default('psync'),
  depth: count({ min: 1, max: 1024 }).default(1),
});
type FioParams = z.infer<typeof params>;

/** Per block size: enough to tell a claim from its control. */
const controlBytes = 2 ** 20;

/**
 * O_DIRECT I/O with fio, one job after the other per block size, each on a region of its own, so that a later step
 * with the same sizes reads what this one wrote; of `size` as much as whole blocks fill. Written blocks carry fio's header (offset, seed, CRC-32C); reads
 * check it. Samples: bytes over all jobs; per job `bs=4k.throughput`.
 */
export const fio = stepKind({
  kind: 'fio',
  summary: 'O_DIRECT reads or writes with fio, out of RAM or p2pmem, with checksums',
  parameters:
    'disk, rw, bs (one or a list), size (per block size), memory (ram or a provider), engine (psync), depth (1)',
  records: 'bytes, bs=4k.throughput, …',
  params,
  references: ({ disk, memory }) => [
    { path: ['disk'], id: disk, want: ['nvme', 'connected'] },
    ...(memory === 'ram' ? [] : [{ path: ['memory'], id: memory, want: ['provider' as const] }]),
  ],
  commands: (p, rig) => [{ label: 'fio', script: fioScript(p, rig) }],
  blocks: (p) =>
    p.bs.map((blockBytes, n) => ({
      blockBytes,
      start: n * p.size,
      end: n * p.size + wholeBlocks(p.size, blockBytes),
    })),
  withoutP2p: (p) => ({ ...p, memory: 'ram', size: Math.min(p.size, Math.max(controlBytes, ...p.bs)) }),
  samples: (p, [output]) => {
    const jobs = readJobs(p, output);
    return [
      { name: 'bytes', value: jobs.reduce((sum, { side }) => sum + side.io_bytes, 0), unit: 'B' },
      ...jobs.map(({ name, side }): Sample => ({
        name: `${name}.throughput`,
        value: Math.round(side.bw_bytes / 1e4) / 100,
        unit: 'MB/s',
        better: 'higher',
      })),
    ];
  },
});

function fioScript(p: FioParams, rig: Rig): string {
  const memory = p.memory === 'ram' ? 'malloc' : `mmapshared:${p2pmemDir(rig.bdf(p.memory))}/allocate`;
  const common = [
    `--name=global --filename="$disk" --direct=1 --rw=${p.rw} --mem=${memory}`,
    `--ioengine=${p.engine} --iodepth=${p.depth} --verify=crc32c --do_verify=0 --verify_fatal=1`,
    '--stonewall --output-format=json',
  ];
  const jobs = p.bs.map(
    (bs, index) =>
      `--name=bs=${formatSize(bs)} --bs=${bs} --offset=${index * p.size} --size=${wholeBlocks(p.size, bs)}`,
  );
  return `${findDisk(rig.disk(p.disk))}\nexec fio ${[...common, ...jobs].join(' \\\n  ')}`;
}

/** fio would write a last block beyond the size, into the region of the next job. */
const wholeBlocks = (size: number, bs: number): number => size - (size % bs);

type Side = { io_bytes: number; bw_bytes: number };

function readJobs({ rw, bs }: FioParams, output: CommandOutput | undefined): { name: string; side: Side }[] {
  const stdout = output?.stdout ?? '';
  const json = stdout.slice(Math.max(0, stdout.indexOf('{'))); // fio prints notes before its JSON
  const report = JSON.parse(json) as { jobs?: ({ jobname: string } & Record<'read' | 'write', Side>)[] };
  return bs.map((blockBytes) => {
    const name = `bs=${formatSize(blockBytes)}`;
    const side = report.jobs?.find(({ jobname }) => jobname === name)?.[
      rw.endsWith('read') ? 'read' : 'write'
    ];
    if (side && Number.isFinite(side.io_bytes) && Number.isFinite(side.bw_bytes)) return { name, side };
    throw new Error(`fio's JSON has no ${rw} figures of job ${name}`);
  });
}
