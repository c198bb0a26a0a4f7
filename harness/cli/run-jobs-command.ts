import path from 'node:path';
import type { Readable } from 'node:stream';
import { asHarnessError, describeError, HarnessError } from '../common/errors.js';
import { installCommand, missingPackages, neededPackages } from '../host/packages.js';
import { ownHarness } from '../jobs/own-harness.js';
import {
  harnessText,
  openJobs,
  planJson,
  readPlan,
  type Build,
  type Job,
  type Plan,
} from '../jobs/plan-document.js';
import { shardsOf } from '../jobs/shards.js';
import { readOrder } from '../pool/job-order.js';
import { consoleReporter } from '../report/console-reporter.js';
import { tapFile } from '../report/file-reporters.js';
import { historyFile } from '../report/history.js';
import type { Reporter } from '../report/reporter.js';
import { writeWhole } from '../report/write-whole.js';
import { endOf } from '../run-in-folder.js';
import { runJobs } from '../run-jobs.js';
import { exitCodeOfBlame, exitCodeOfResults, exitCodes } from './exit-code.js';
import type { JobsOptions } from './jobs-options.js';
import { planOf } from './plan-json.js';
import { makeRunId } from './run-folder.js';
import type { Terminal } from './terminal.js';

/** The job of a worker, once it has one: what can be loaded and looked up is by then. @returns 0 when there is none */
export async function runOrderedJob(
  options: JobsOptions,
  input: Readable,
  terminal: Terminal,
): Promise<number> {
  await ownHarness();
  const qemu = mustHaveQemu();
  qemu.catch(() => {}); // told if the job wants it
  const order = await readOrder(input, terminal.signal);
  if (!order) return exitCodes.passed;
  const { plan, job, out } = order;
  return runJobsCommand([], { ...options, plan, job: [job], out }, terminal, () => qemu);
}

/**
 * `p2plab run` with --plan, --job or --shard. @returns the exit code, by the results of all jobs asked for
 * @throws HarnessError(scenario) before anything runs when the options do not go together
 */
export async function runJobsCommand(
  names: string[],
  options: JobsOptions,
  terminal: Terminal,
  qemuIsThere: () => Promise<void> = mustHaveQemu,
): Promise<number> {
  const { signal } = terminal;
  mustFit(names, options);
  const plan = options.plan ? await readPlan(options.plan) : await planOf(names, options, [], signal); // history is this machine's; shards are the same on all
  await mustBeOfThisHarness(plan);
  const { jobs, builds } = chooseJobs(plan, options);
  if (jobs.length > 0) await qemuIsThere();
  const out = path.resolve(options.out ?? path.join('p2plab-runs', makeRunId()));
  await writeWhole(path.join(out, 'plan.json'), planJson(plan));
  if (jobs.length > 0) terminal.out(`${jobs.length} of ${plan.jobs.length} jobs, bundles in ${out}\n`);
  else if (builds.length === 0) terminal.out(`none of ${plan.jobs.length} jobs is to be run here\n`);
  const summary = consoleReporter(terminal.out, terminal.colors);
  let count = 0;
  const over: string[] = [];
  try {
    const results = await runJobs(
      {
        ...{ plan, jobs, builds, out, atOnce: options.jobs },
        onBuild: ({ kind, name, id }, cached) =>
          terminal.out(`${kind}: ${name} ${id}${cached ? ', cached' : ''}\n`),
        onNotBuilt: ({ name, id }, why) => terminal.out(`kernel: ${name} ${id} cannot be had: ${why}\n`),
        onNeverRun: ({ id }) => void over.push(id),
        progress: (what, done) => (done === undefined || done === 0) && terminal.out(`  ${what}\n`),
        reporters: (_, dir) => [tapFile(dir), historyFile(), ...(options.phases ? [phases(terminal)] : [])],
        complain: (line) => terminal.err(`${line}\n`),
        onBundle: (job, { outcome, reasons }, already) => {
          terminal.out(
            `${++count}/${jobs.length} ${outcome} ${job.title}${already ? ' (was there already)' : ''}\n`,
          );
          for (const reason of reasons.slice(0, 3)) terminal.out(`    ${reason}\n`);
        },
      },
      signal,
    );
    if (options.builds) await writeWhole(path.join(out, 'plan.json'), planJson(withDone(plan, over)));
    if (results.length === 0) return exitCodes.passed;
    if (!options.ordered) await summary.on({ type: 'ended', dir: out, state: 'finished', results });
    return exitCodeOfResults(results);
  } catch (error) {
    if (endOf(error, signal) === 'interrupted') return exitCodes.interrupted;
    terminal.err(`${describeError(asHarnessError(error))}\n`);
    return exitCodeOfBlame(asHarnessError(error).blame);
  }
}

const phases = ({ out }: Terminal): Reporter => ({
  name: 'phases',
  on: (event) => void (event.type === 'phase' && out(`${event.phase}\n`)),
});

const withDone = (plan: Plan, ids: readonly string[]): Plan =>
  ids.length === 0 ? plan : { ...plan, done: [...new Set([...(plan.done ?? []), ...ids])] };

/** @throws HarnessError(scenario) for ids that the plan does not have, and numbers that no shard has */
export function chooseJobs(
  plan: Plan,
  { job: ids, shard, builds }: Pick<JobsOptions, 'job' | 'shard' | 'builds'>,
): { jobs: Job[]; builds: Build[] } {
  if (builds) return { jobs: [], builds: plan.builds };
  if (ids === undefined) {
    const open = openJobs(plan);
    const jobs = shard === undefined ? open : shardsOf(open, shard.count)[shard.index - 1]!;
    return { jobs, builds: [] };
  }
  const unknown = ids.filter((id) => ![...plan.jobs, ...plan.builds].some((one) => one.id === id));
  if (unknown.length > 0)
    throw new HarnessError('scenario', `the plan has no job ${unknown.join(', ')}`, {
      remedy: 'p2plab plan --json lists them; another p2plab, kernel, image or scenario has other ids',
    });
  const isWanted = ({ id }: { id: string }) => ids.includes(id);
  return { jobs: plan.jobs.filter(isWanted), builds: plan.builds.filter(isWanted) };
}

/** Ids say what code ran and judged: another would give results under the wrong name. */
async function mustBeOfThisHarness({ harness }: Plan): Promise<void> {
  const [theirs, ours] = [harnessText(harness), harnessText(await ownHarness())];
  if (theirs === ours) return;
  throw new HarnessError('scenario', `the plan is of p2plab ${theirs}, this is ${ours}`, {
    remedy: 'install the same version here, or make the plan again with this one',
  });
}

function mustFit(names: string[], options: JobsOptions): void {
  const { plan, job, shard, gdb, keep, onFailure, dumpMemory, report } = options;
  const wrong = [
    job !== undefined && shard !== undefined && '--job and --shard',
    options.builds && (job !== undefined || shard !== undefined) && '--builds and --job or --shard',
    plan !== undefined && names.length > 0 && '--plan and names of scenarios',
    plan !== undefined && options.tag !== undefined && '--plan and --tag',
    plan !== undefined && options.kernel !== undefined && '--plan and --kernel',
    plan !== undefined && options.patch.length > 0 && '--plan and --patch',
    gdb && '--gdb and jobs',
    keep && '--keep and jobs',
    onFailure !== undefined && '--on-failure and jobs',
    dumpMemory !== undefined && '--dump-memory and jobs',
    report !== undefined && '--report and jobs',
  ].find((text) => typeof text === 'string');
  if (wrong === undefined) return;
  throw new HarnessError('scenario', `${wrong} do not go together`, {
    remedy: wrong.startsWith('--report')
      ? 'reports are made of all bundles: p2plab merge DIR… --report NAME'
      : 'leave one of them out; a plan says itself what is run and on which kernel',
  });
}

/** Kernel and image may be there already, and need no compiler then. */
async function mustHaveQemu(): Promise<void> {
  const missing = (await missingPackages()).filter((name) =>
    neededPackages.qemu.some((qemu) => qemu === name),
  );
  if (missing.length === 0) return;
  throw new HarnessError('host', `Debian packages are missing: ${missing.join(' ')}`, {
    remedy: `run: ${await installCommand(missing)}`,
  });
}
