import type { Build, Job, Needs, Plan } from '../jobs/plan-document.js';

/** A batch script; of an array, `ids` are the jobs of its tasks from 1 on. */
export type Batch = { name: string; script: string; ids: string[] };

export type SlurmPlace = {
  /** A folder that all nodes see: plan.json, scripts, logs and bundles. */
  dir: string;
  /** The command line of p2plab on the nodes. */
  p2plab: readonly string[];
};

/** The time limit is so many times what is expected of the longest of a group, and never below the floor. */
const patience = 5;
const floorMinutes = { run: 10, build: 60 };
/** slurm.conf's default MaxArraySize is 1001, which allows task ids to 1000. */
const maxTasks = 1000;

/** One script that builds what is not there, on one node. */
export function buildBatch({ builds }: Plan, { dir, p2plab }: SlurmPlace): Batch {
  const needs = builds.map((build) => build.needs);
  const most = (pick: (need: Needs) => number) => Math.max(1, ...needs.map(pick));
  const cpus = most((need) => need.cpus);
  const memoryMiB = most((need) => need.memoryMiB);
  const command = [...p2plab, 'run', '--plan', `${dir}/plan.json`, '--builds', '--out', `${dir}/built`];
  const minutes = minutesFor(builds, floorMinutes.build);
  const head = header({ name: 'p2plab-build', cpus, memoryMiB, minutes, log: `${dir}/logs/build-%j.log` });
  return { name: 'build', ids: builds.map(({ id }) => id), script: `${head}exec ${quoted(command)}\n` };
}

/** An array for all jobs of the same size, longest first. */
export function jobBatches({ jobs }: Plan, { dir, p2plab }: SlurmPlace): Batch[] {
  const groups = new Map<string, Job[]>();
  const longestFirst = [...jobs].sort(
    (a, b) => b.expected.seconds - a.expected.seconds || (a.id < b.id ? -1 : 1),
  );
  for (const job of longestFirst) {
    const { cpus, memoryMiB, exclusive } = job.needs;
    const size = exclusive ? `alone-${cpus}c` : `${cpus}c-${Math.ceil(memoryMiB / 1024)}g`;
    groups.set(size, [...(groups.get(size) ?? []), job]);
  }
  const parts = [...groups].flatMap(([size, group]) =>
    chunks(group, maxTasks).map(
      (part, n, all) => [all.length > 1 ? `${size}-${n + 1}` : size, part] as const,
    ),
  );
  return parts.map(([name, part]) => {
    const { cpus, exclusive } = part[0]!.needs;
    const memoryMiB = Math.max(...part.map(({ needs }) => needs.memoryMiB));
    const head = header({
      ...{ name: `p2plab-${name}`, cpus, memoryMiB, exclusive, tasks: part.length },
      ...{ minutes: minutesFor(part, floorMinutes.run), log: `${dir}/logs/${name}-%A_%a.log` },
    });
    const run = [...p2plab, 'run', '--plan', `${dir}/plan.json`, '--jobs', '1', '--out', `${dir}/bundles`];
    const pick = `id=$(sed -n "\${SLURM_ARRAY_TASK_ID}p" ${quoted([`${dir}/${name}.ids`])})`;
    return {
      name,
      ids: part.map(({ id }) => id),
      script: `${head}${pick}\nexec ${quoted(run)} --job "$id"\n`,
    };
  });
}

type Header = {
  name: string;
  cpus: number;
  memoryMiB: number;
  minutes: number;
  log: string;
  exclusive?: boolean;
  tasks?: number;
};

function header({ name, cpus, memoryMiB, minutes, log, exclusive, tasks }: Header): string {
  const options = [
    `--job-name=${name}`,
    ...['--nodes=1', '--ntasks=1', `--cpus-per-task=${cpus}`, `--mem=${memoryMiB}M`, `--time=${minutes}`],
    ...(exclusive ? ['--exclusive'] : []),
    ...(tasks === undefined ? [] : [`--array=1-${tasks}`]),
    `--output=${log}`,
  ];
  return `#!/bin/sh\n${options.map((option) => `#SBATCH ${option}\n`).join('')}`;
}

function minutesFor(group: readonly Pick<Job | Build, 'expected'>[], floor: number): number {
  const longest = Math.max(0, ...group.map(({ expected }) => expected.seconds));
  return Math.max(floor, Math.ceil((patience * longest) / 60));
}

const chunks = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size));

const quoted = (words: readonly string[]): string =>
  words.map((word) => (/^[\w./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');
