import { InvalidArgumentError, Option } from 'commander';
import type { Shard } from '../jobs/shards.js';
import type { RunOptions } from './run-command.js';

/** Which jobs of which plan; what a person does by hand has no place there. */
export type JobsOptions = RunOptions & {
  plan?: string;
  job?: string[];
  shard?: Shard;
  builds?: boolean;
  phases?: boolean;
  ordered?: boolean;
};

export const jobsOptions = (): Option[] => [
  new Option('--plan <file>', 'what `plan --json` printed: run its jobs, each into a folder of its own'),
  new Option('--job <id...>', 'only these jobs of the plan; also ids of its builds'),
  new Option('--builds', 'only build the kernels and images of the plan'),
  new Option('--phases', 'of jobs: tell each phase as it begins, as workers of a pool do'),
  new Option('--ordered', 'wait until a worker of a pool says which job, on standard input').hideHelp(),
  new Option('--shard <i/n>', 'only the i-th of n parts, which take about the same time').argParser(
    readShard,
  ),
];

/** Whether it is jobs that are asked for. */
export const wantsJobs = ({ plan, job, shard, builds, ordered }: JobsOptions): boolean =>
  plan !== undefined || job !== undefined || shard !== undefined || builds === true || ordered === true;

function readShard(value: string): Shard {
  const [, index, count] = /^(\d{1,3})\/(\d{1,3})$/.exec(value)?.map(Number) ?? [];
  if (index !== undefined && count !== undefined && index >= 1 && index <= count) return { index, count };
  throw new InvalidArgumentError('want i/n, as 2/3: the second of three.');
}
