import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Option } from 'commander';
import { Scope } from '../common/scope.js';
import { mayUseKvm } from '../host/probe-accelerator.js';
import { ownHarness } from '../jobs/own-harness.js';
import { readPlan } from '../jobs/plan-document.js';
import { openStore } from '../pool/blob-store.js';
import { connect, keys, type Pool } from '../pool/pool-queue.js';
import { machineRoom, work } from '../pool/work.js';
import { type AddCommand, readCount } from './command-options.js';
import { exitCodes } from './exit-code.js';
import { submitCommand, type SubmitOptions } from './pool-submit.js';
import type { Terminal } from './terminal.js';

type PoolPlace = { redis: string; store: string };
type WorkerCommand = PoolPlace & { name: string; lock: number; accel?: 'kvm' | 'tcg'; drain?: boolean };

/** Adds `pool` with submit, worker, status and cancel. */
export const addPool: AddCommand = (program, terminal, done) => {
  const pool = program
    .command('pool')
    .description('run the jobs of a plan on many machines, by a queue in Redis (BullMQ)')
    .addHelpText(
      'after',
      '\nExample:\n  $ p2plab pool submit plan.json --redis redis://:secret@host --store /nfs/p2plab\n',
    );
  const redis = ['--redis <url>', 'redis://USER:PASSWORD@HOST:PORT/DB, rediss:// for TLS'] as const;
  const store = [
    '--store <place>',
    'where artifacts go: a folder that all machines see, http(s)://, or s3://BUCKET/PREFIX',
  ] as const;
  pool
    .command('submit')
    .description('queue the jobs of a plan, wait for them, and make one run of what they left')
    .argument('<plan>', 'what `p2plab plan --json` printed')
    .requiredOption(...redis)
    .requiredOption(...store)
    .option('--out <dir>', 'the run folder; bundles go beside it (default: p2plab-runs/<time>)')
    .option('--priority <n>', '1 goes first', readCount, 10)
    .addHelpText(
      'after',
      '\nExample:\n  $ p2plab pool submit plan.json --redis redis://host --store /nfs/p2plab\n',
    )
    .action(async (plan: string, options: SubmitOptions) =>
      done(await submitCommand(plan, options, terminal)),
    );
  pool
    .command('worker')
    .description('run jobs on this machine, as many as it has room for, until stopped')
    .requiredOption(...redis)
    .requiredOption(...store)
    .option('--name <name>', 'for messages', os.hostname())
    .option(
      '--lock <seconds>',
      'when it says nothing for so long its jobs are given to others',
      readCount,
      60,
    )
    .addOption(
      new Option(
        '--accel <which>',
        'whether jobs that want KVM may come here (default: when it has /dev/kvm)',
      ).choices(['kvm', 'tcg']),
    )
    .option('--drain', 'end when no job is left')
    .addHelpText('after', '\nExample:\n  $ p2plab pool worker --redis redis://host --store /nfs/p2plab\n')
    .action(async (options: WorkerCommand) => done(await worker(options, terminal)));
  pool
    .command('status')
    .description('how many jobs wait, run and ended, and how many second results were dropped')
    .requiredOption(...redis)
    .addHelpText('after', '\nExample:\n  $ p2plab pool status --redis redis://host\n')
    .action(async ({ redis: url }: PoolPlace) => done(await status(url, terminal)));
  pool
    .command('cancel')
    .description('take the jobs of a plan that no worker has begun out of the queue')
    .argument('<plan>', 'what `p2plab plan --json` printed')
    .requiredOption(...redis)
    .addHelpText('after', '\nExample:\n  $ p2plab pool cancel plan.json --redis redis://host\n')
    .action(async (plan: string, { redis: url }: PoolPlace) => done(await cancel(plan, url, terminal)));
};

async function worker(
  { redis, store, name, lock, accel, drain = false }: WorkerCommand,
  terminal: Terminal,
): Promise<number> {
  await using scope = new Scope();
  const pool = scope.use('leave Redis', await connect(redis, (line) => terminal.err(`${line}\n`)));
  // a program of its own runs jobs in tests
  const own = process.env.P2PLAB_POOL_RUNNER;
  const command =
    own === undefined
      ? [process.execPath, process.argv[1]!, 'run', '--phases', '--jobs', '1', '--ordered']
      : [process.execPath, own];
  const dir = await mkdtemp(path.join(os.tmpdir(), 'p2plab-worker-'));
  scope.defer('remove the folder of work in progress', () => rm(dir, { recursive: true, force: true }));
  await work(
    pool,
    openStore(store),
    {
      ...{ name, command, dir, drain, ...machineRoom() },
      kvm: accel === undefined ? await mayUseKvm() : accel === 'kvm',
      ...{ lockMs: lock * 1000, pollMs: 200 },
      harness: await ownHarness(),
      told: (line) => terminal.out(`${line}\n`),
    },
    terminal.signal,
  );
  return exitCodes.passed;
}

async function status(url: string, { out }: Terminal): Promise<number> {
  await using pool = await connect(url);
  for (const name of (await pool.redis.smembers(keys.queues)).sort()) {
    const counts = await pool.queue(name).getJobCounts();
    const shown = Object.entries(counts).filter(([, n]) => n > 0);
    out(`${name}: ${shown.map(([state, n]) => `${n} ${state}`).join(', ') || 'nothing'}\n`);
  }
  out(`second results dropped: ${await droppedResults(pool)}\n`);
  return exitCodes.passed;
}

async function droppedResults({ redis }: Pool): Promise<number> {
  const counts = await redis.hvals(keys.dropped);
  return counts.reduce((sum, count) => sum + Number(count), 0);
}

async function cancel(file: string, url: string, { out }: Terminal): Promise<number> {
  const plan = await readPlan(file);
  await using pool = await connect(url);
  let count = 0;
  for (const name of await pool.redis.smembers(keys.queues)) {
    for (const { id } of plan.jobs) {
      const job = await pool.queue(name).getJob(id);
      if (!job || !['waiting', 'prioritized', 'delayed'].includes(await job.getState())) continue;
      await job.remove().then(
        () => count++,
        () => {}, // begun meanwhile
      );
    }
  }
  out(`${count} of ${plan.jobs.length} jobs taken out\n`);
  return exitCodes.passed;
}
