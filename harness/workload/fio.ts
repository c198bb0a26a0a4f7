import * as z from 'zod';
import { count, deviceId, list, oneOf, size } from '../scenario/schema-parts.js';
import { fioJobs, withoutPauses, type FioJob, type Workload } from './fio-jobs.js';
import { eventNames, eventRate, whileFioRuns } from './fio-meanwhile.js';
import { findDisk, p2pmemDir, type Rig } from './rig.js';
import { type CommandOutput, type Sample, stepKind } from './step-kind.js';

const params = z.strictObject({
  disk: deviceId('a drive, or a disk that nvme-connect named'),
  rw: oneOf(['read', 'write', 'randread', 'randwrite', 'randrw']),
  bs: list(size({ min: 512, multipleOf: 512 })),
  size: size({ min: 4096, multipleOf: 512 }),
  memory: deviceId('ram, or a provider').default('ram'),
  engine: oneOf(['psync', 'libaio', 'io_uring']).default('psync'),
  depth: count({ min: 1, max: 1024 }).default(1),
  meanwhile: oneOf(eventNames).default('nothing'),
});
type FioParams = z.infer<typeof params>;

/** Per block size: enough to tell a claim from its control. */
const controlBytes = 2 ** 20;

/**
 * O_DIRECT I/O with fio, one job after the other per block size, each on a region of its own, so that a later step
 * with the same sizes reads what this one wrote; of `size` as much as whole blocks fill. Written blocks carry fio's header (offset, seed, CRC-32C); reads
 * check it. `randrw` is two jobs at once: the first half of the region is read and checked, the second written.
 * `meanwhile`: at each quarter of the work the disk's controller is reset, or its subsystem taken from the target's port
 * and given back.
 * Samples: bytes over all jobs; per job `bs=4k.throughput`; of `randrw` readBytes and writeBytes; `events` with `meanwhile`.
 */
export const fio = stepKind({
  kind: 'fio',
  summary: 'O_DIRECT reads or writes with fio, out of RAM or p2pmem, with checksums',
  parameters:
    'disk, rw (read, write, randread, randwrite, randrw), bs (one or a list), size (per block size), memory (ram or a provider), engine (psync), depth (1), meanwhile (nothing, reset, relink)',
  records: 'bytes, bs=4k.throughput, …; readBytes, writeBytes of randrw; events with meanwhile',
  params,
  references: ({ disk, memory }) => [
    { path: ['disk'], id: disk, want: ['nvme', 'connected'] },
    ...(memory === 'ram' ? [] : [{ path: ['memory'], id: memory, want: ['provider' as const] }]),
  ],
  commands: (p, rig) => [{ label: 'fio', script: fioScript(p, rig) }],
  blocks: (p) =>
    fioJobs(p).map(({ bs, offset, bytes }) => ({ blockBytes: bs, start: offset, end: offset + bytes })),
  withoutP2p: (p) => ({
    ...p,
    memory: 'ram',
    meanwhile: 'nothing' as const,
    size: Math.min(p.size, Math.max(controlBytes, ...p.bs.map((bytes) => 2 * bytes))),
  }),
  repeated: (p, rig) =>
    p.meanwhile !== 'nothing' || p.rw === 'randrw'
      ? []
      : fioJobs(p).map((job) => ({
          name: job.name,
          blockBytes: job.bs,
          most: job.bytes / job.bs,
          script: (ios) => repeatScript(p, job, ios, rig),
        })),
  samples: (p, [output]) => {
    const sides = readSides(p, output);
    const sum = (of: typeof sides) => of.reduce((bytes, { side }) => bytes + side.io_bytes, 0);
    const inDirection = (direction: FioJob['direction']) =>
      sum(sides.filter(({ job }) => job.direction === direction));
    return [
      { name: 'bytes', value: sum(sides), unit: 'B' },
      ...(p.rw !== 'randrw'
        ? []
        : [
            { name: 'readBytes', value: inDirection('read'), unit: 'B' },
            { name: 'writeBytes', value: inDirection('write'), unit: 'B' },
          ]),
      ...sides.map(({ job, side }): Sample => ({
        name: `${job.name}.throughput`,
        value: Math.round(side.bw_bytes / 1e4) / 100,
        unit: 'MB/s',
        better: 'higher',
      })),
      ...(p.meanwhile === 'nothing' ? [] : [{ name: 'events', value: readEvents(output) }]),
    ];
  },
  asFound: () => [{ label: 'verify-state', script: 'rm -f /root/local-*-verify.state' }],
});

/** What its jobs have in common. */
const globalLines = (p: FioParams, rig: Rig): string[] => [
  `--name=global --filename="$disk" --direct=1 --mem=${p.memory === 'ram' ? 'malloc' : `mmapshared:${p2pmemDir(rig.bdf(p.memory))}/allocate`}`,
  `--ioengine=${p.engine} --iodepth=${p.depth} --verify=crc32c --do_verify=0 --verify_fatal=1`,
];

/** The first I/Os of a job; fio's own look at the disk's statistics, and its report over SSH, would cost by time. */
function repeatScript(p: FioParams, { name, rw, bs, offset }: FioJob, ios: number, rig: Rig): string {
  const lines = [
    ...globalLines(p, rig),
    '--disk_util=0 --output-format=json --output=/run/p2plab-cost.json',
    `--name=${name} --rw=${rw} --bs=${bs} --offset=${offset} --size=${ios * bs} || exit`,
  ];
  const told = `sed -n 's/.*"total_ios" : \\([1-9][0-9]*\\).*/ios \\1/p' /run/p2plab-cost.json`;
  return `${findDisk(rig.disk(p.disk))}\nfio ${lines.join(' \\\n  ')}\n${told}`;
}

function fioScript(p: FioParams, rig: Rig): string {
  const jobs = fioJobs(p);
  const lines = [
    ...globalLines(p, rig),
    ...(p.meanwhile === 'nothing' ? [] : [eventRate]),
    '--output-format=json',
    ...jobs.map(
      ({ name, rw, bs, offset, bytes, alone }) =>
        `--name=${name} --rw=${rw} --bs=${bs} --offset=${offset} --size=${bytes}${alone ? ' --stonewall' : ''}`,
    ),
  ];
  const fio = `fio ${lines.join(' \\\n  ')}`;
  const disk = rig.disk(p.disk);
  const run =
    p.meanwhile === 'nothing'
      ? `exec ${fio}`
      : whileFioRuns(p.meanwhile, fio, { disk, bytes: jobs.reduce((sum, { bytes }) => sum + bytes, 0) });
  return `${findDisk(disk)}\n${withoutPauses}\n${run}`;
}

type Side = { io_bytes: number; bw_bytes: number };

function readSides(p: Workload, output: CommandOutput | undefined): { job: FioJob; side: Side }[] {
  const stdout = output?.stdout ?? '';
  const json = stdout.slice(Math.max(0, stdout.indexOf('{'))); // fio prints notes before its JSON
  const report = JSON.parse(json) as { jobs?: ({ jobname: string } & Record<'read' | 'write', Side>)[] };
  return fioJobs(p).map((job) => {
    const side = report.jobs?.find(({ jobname }) => jobname === job.name)?.[job.direction];
    if (side && Number.isFinite(side.io_bytes) && Number.isFinite(side.bw_bytes)) return { job, side };
    throw new Error(`fio's JSON has no ${p.rw} figures of job ${job.name}`);
  });
}

function readEvents(output: CommandOutput | undefined): number {
  const events = /^events (\d+)$/m.exec(output?.stdout ?? '')?.[1];
  if (events === undefined) throw new Error('the script did not say what happened while fio ran');
  return Number(events);
}
