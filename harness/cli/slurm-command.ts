import { execa } from 'execa';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { HarnessError } from '../common/errors.js';
import { planJson, readPlan } from '../jobs/plan-document.js';
import { buildBatch, jobBatches, type Batch } from '../slurm/slurm-scripts.js';
import { isOver, parseSacct, parseScontrol, stateOf, type TaskStates } from '../slurm/slurm-states.js';
import { writeWhole } from '../report/write-whole.js';
import type { AddCommand } from './command-options.js';
import { exitCodes } from './exit-code.js';
import { mergeCommand } from './merge-command.js';
import type { Terminal } from './terminal.js';

const submittedSchema = z.strictObject({
  schema: z.literal('p2plab.slurm/1'),
  build: z.string(),
  arrays: z.array(z.strictObject({ id: z.string(), jobs: z.array(z.string()) })),
});

/** Adds `slurm` with submit and collect. */
export const addSlurm: AddCommand = (program, terminal, done) => {
  const slurm = program
    .command('slurm')
    .description('run the jobs of a plan on a Slurm cluster')
    .addHelpText('after', '\nExample:\n  $ p2plab slurm submit plan.json --dir /shared/run1\n');
  slurm
    .command('submit')
    .description('submit the builds, and array jobs that wait for them')
    .argument('<plan>', 'what `p2plab plan --json` printed')
    .requiredOption('--dir <dir>', 'a new folder that all nodes see; XDG_CACHE_HOME must be one, too')
    .option('--sbatch <option...>', 'more options for sbatch: --partition=vm')
    .addHelpText('after', '\nExample:\n  $ p2plab slurm submit plan.json --dir /shared/run1\n')
    .action(async (plan: string, options: { dir: string; sbatch?: string[] }) =>
      done(await submit(plan, options, terminal)),
    );
  slurm
    .command('collect')
    .description('tell how the jobs stand, and make one run of what they left when all are over')
    .argument('<dir>', 'the folder of `slurm submit`')
    .option('--out <dir>', 'the run folder; new or empty (default: p2plab-runs/<time>)')
    .addHelpText(
      'after',
      '\nExample:\n  $ p2plab slurm collect /shared/run1\n\nExit: as of `merge`; 3 while jobs go on\n',
    )
    .action(async (dir: string, { out }: { out?: string }) => done(await collect(dir, out, terminal)));
};

async function submit(
  file: string,
  { dir: place, sbatch = [] }: { dir: string; sbatch?: string[] },
  terminal: Terminal,
): Promise<number> {
  const plan = await readPlan(file);
  const dir = path.resolve(place);
  await mkdir(path.join(dir, 'logs'), { recursive: true });
  await writeWhole(path.join(dir, 'plan.json'), planJson(plan));
  const where = { dir, p2plab: [process.execPath, process.argv[1]!] };
  const build = await submitBatch(buildBatch(plan, where), dir, sbatch);
  const arrays: z.infer<typeof submittedSchema>['arrays'] = [];
  for (const batch of jobBatches(plan, where)) {
    const after = [`--dependency=afterok:${build}`, '--kill-on-invalid-dep=yes', ...sbatch];
    const id = await submitBatch(batch, dir, after);
    arrays.push({ id, jobs: batch.ids });
    terminal.out(`${id}: ${batch.ids.length} jobs of ${batch.name}, after ${build}\n`);
  }
  const submitted: z.infer<typeof submittedSchema> = { schema: 'p2plab.slurm/1', build, arrays };
  await writeWhole(path.join(dir, 'slurm.json'), `${JSON.stringify(submitted, null, 2)}\n`);
  terminal.out(`p2plab slurm collect ${dir}\n`);
  return exitCodes.passed;
}

async function submitBatch({ name, script, ids }: Batch, dir: string, options: string[]): Promise<string> {
  const file = path.join(dir, `${name}.sh`);
  await writeFile(file, script);
  await writeFile(path.join(dir, `${name}.ids`), ids.map((id) => `${id}\n`).join(''));
  const sbatch = await execa('sbatch', ['--parsable', ...options, file], { reject: false });
  if (sbatch.exitCode === 0) return sbatch.stdout.split(';')[0]!.trim();
  throw new HarnessError('host', `sbatch: ${sbatch.stderr?.split('\n')[0] || sbatch.shortMessage}`, {
    remedy: `correct it until this works: sbatch ${[...options, file].join(' ')}`,
    evidence: file,
  });
}

async function collect(place: string, out: string | undefined, terminal: Terminal): Promise<number> {
  const dir = path.resolve(place);
  const { build, arrays } = await readSubmitted(path.join(dir, 'slurm.json'));
  const plan = await readPlan(path.join(dir, 'plan.json'));
  const states = await statesOf([build, ...arrays.map(({ id }) => id)]);
  const tasks = arrays.flatMap(({ id, jobs }) =>
    jobs.map((job, n) => ({ job, state: stateOf(states, id, n + 1) })),
  );
  const open = tasks.filter(({ state }) => state !== undefined && !isOver(state));
  const titleOf = (id: string) => plan.jobs.find((job) => job.id === id)?.title ?? id;
  const buildState = states.get(build);
  if (buildState !== undefined && buildState !== 'COMPLETED') terminal.out(`build ${build}: ${buildState}\n`);
  for (const { job, state } of tasks)
    // FAILED: exit 1 is a result like any other, and others leave no bundle, which merge tells
    if (state !== undefined && isOver(state) && state !== 'COMPLETED' && state !== 'FAILED')
      terminal.err(`${titleOf(job)}: Slurm says ${state}\n`);
  if (open.length > 0) {
    terminal.out(`${open.length} of ${tasks.length} jobs go on\n`);
    return exitCodes.broken;
  }
  return mergeCommand([path.join(dir, 'bundles')], { plan: path.join(dir, 'plan.json'), out }, terminal);
}

/** By sacct, or where nothing is accounted by scontrol. What neither knows is not there: it is over. */
async function statesOf(ids: readonly string[]): Promise<TaskStates> {
  const format = ['--parsable2', '--noheader', '--format=JobID,State', `--jobs=${ids.join(',')}`];
  const env = { SLURM_BITSTR_LEN: '0' }; // lists of tasks in full
  const sacct = await execa('sacct', format, { env, reject: false });
  if (sacct.exitCode === 0 && sacct.stdout !== '') return parseSacct(sacct.stdout);
  const scontrol = await execa('scontrol', ['show', 'job', '--oneliner'], { env, reject: false });
  return parseScontrol(scontrol.stdout ?? '');
}

async function readSubmitted(file: string): Promise<z.infer<typeof submittedSchema>> {
  try {
    return submittedSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    throw new HarnessError(
      'scenario',
      `${file} is not of p2plab slurm submit: ${(cause as Error).message.split('\n')[0]}`,
      {
        remedy: 'give the folder that was given to slurm submit as --dir',
        cause,
      },
    );
  }
}
