import * as z from 'zod';
import { deviceId, list, size } from '../scenario/schema-parts.js';
import { errnoName } from './errno-name.js';
import { findDisk, p2pmemDir, type Rig } from './rig.js';
import { type CommandOutput, leavesNothing, stepKind } from './step-kind.js';

const params = z.strictObject({
  paths: z.record(z.string(), list(deviceId('ram, or a provider')), 'a map from drives to providers'),
  bs: size({ min: 512, multipleOf: 512 }).default(65536),
  size: size({ min: 4096, multipleOf: 512 }).default(262144),
});
type P2pIoParams = z.infer<typeof params>;

/** All writes at once, then all reads of what was written. */
const directions = ['write', 'read'] as const;
type Direction = (typeof directions)[number];

/**
 * O_DIRECT writes and reads of drives through the memory of others, and what became of each: a path that the kernel
 * refuses is a result and no failure (EREMOTEIO of dma_map_sgtable(), which nvme_map_data() of 6.12 makes a
 * BLK_STS_TARGET). Reads check what was written. Samples of each drive: `nvme1.works` and `nvme1.EREMOTEIO`, the
 * memories whose write and read both did so, and `nvme1.otherwise`, what else there was, like `shm0 read EILSEQ`;
 * each `none` when there is nothing of it.
 */
export const p2pIo = stepKind({
  kind: 'p2p-io',
  summary: 'O_DIRECT writes and reads of drives through the memory of others, of which some may be refused',
  parameters: 'paths (a map from drives to lists of providers or ram), bs (64k), size (256k of each)',
  records:
    'for each drive by its id: nvme1.works, nvme1.EREMOTEIO (names of memories, or none), nvme1.otherwise (shm0 read EIO, …, or none)',
  params,
  references: ({ paths }) =>
    Object.entries(paths).flatMap(([disk, memories]) => [
      { path: ['paths', disk], id: disk, want: ['nvme' as const] },
      ...memories.flatMap((id, n) =>
        id === 'ram' ? [] : [{ path: ['paths', disk, n], id, want: ['provider' as const] }],
      ),
    ]),
  commands: (p, rig) => directions.map((rw) => ({ label: rw, script: fioScript(p, rw, rig) })),
  withoutP2p: (p) => ({
    ...p,
    paths: Object.fromEntries(Object.keys(p.paths).map((disk) => [disk, ['ram']])),
  }),
  samples: ({ paths }, outputs) => {
    const errors = directions.map((_, n) => readErrors(outputs[n]));
    return Object.entries(paths).flatMap(([disk, memories]) => {
      const ends = memories.map((id) => ({
        id,
        said: errors.map((jobs) => errorOf(jobs, jobName(disk, id))),
      }));
      const all = (error: string) => ends.filter(({ said }) => said.every((word) => word === error));
      const [works, refused] = [all('none'), all('EREMOTEIO')];
      const others = ends.filter((end) => !works.includes(end) && !refused.includes(end));
      return [
        { name: `${disk}.works`, value: inWords(works.map(({ id }) => id)) },
        { name: `${disk}.EREMOTEIO`, value: inWords(refused.map(({ id }) => id)) },
        { name: `${disk}.otherwise`, value: inWords(others.flatMap(endText)) },
      ];
    });
  },
  asFound: leavesNothing,
});

const inWords = (words: readonly string[]) => words.join(', ') || 'none';
const endText = ({ id, said }: { id: string; said: string[] }) =>
  said.map((error, n) => `${id} ${directions[n]} ${error}`);

const jobName = (disk: string, memory: string) => `${disk}.${memory}`;

/** A drive that was just bound to its driver is scanned for its namespace in the background: up to 5 s. */
const scanned = [
  'scanned() {',
  '  try=0',
  '  until ls -d /sys/bus/pci/devices/$1/nvme/nvme*/nvme*n* >/dev/null 2>&1 || [ $try -ge 50 ]; do',
  '    sleep 0.1; try=$((try + 1))',
  '  done',
  '}',
].join('\n');

/** fio goes on with other jobs when one fails; which one did is in its JSON. */
function fioScript({ paths, bs, size }: P2pIoParams, rw: Direction, rig: Rig): string {
  const find = Object.keys(paths).map(
    (disk, n) => `scanned ${rig.bdf(disk)}\n${findDisk(rig.disk(disk))}\ndisk${n}=$disk`,
  );
  const jobs = Object.entries(paths).flatMap(([disk, memories], d) =>
    memories.map((id, m) => {
      const memory = id === 'ram' ? 'malloc' : `mmapshared:${p2pmemDir(rig.bdf(id))}/allocate`;
      return `--name=${jobName(disk, id)} --filename="$disk${d}" --mem=${memory} --offset=${m * size}`;
    }),
  );
  const common = [
    `--name=global --direct=1 --ioengine=psync --rw=${rw} --bs=${bs} --size=${size}`,
    '--verify=crc32c --do_verify=0 --verify_fatal=1 --output-format=json',
  ];
  return [scanned, ...find, `fio ${[...common, ...jobs].join(' \\\n  ')} || [ $? -lt 126 ]`].join('\n');
}

type Errors = ReadonlyMap<string, number>;

function readErrors(output: CommandOutput | undefined): Errors {
  const stdout = output?.stdout ?? '';
  const json = stdout.slice(Math.max(0, stdout.search(/^\{/m))); // fio prints notes before its JSON
  const { jobs = [] } = JSON.parse(json) as { jobs?: { jobname: string; error: number }[] };
  return new Map(jobs.map(({ jobname, error }) => [jobname, error]));
}

function errorOf(jobs: Errors, name: string): string {
  const error = jobs.get(name);
  if (error === undefined) throw new Error(`fio's JSON has no job ${name}`);
  return error === 0 ? 'none' : errnoName(error);
}
