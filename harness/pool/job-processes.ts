import { execa } from 'execa';
import { createInterface } from 'node:readline';
import { HarnessError } from '../common/errors.js';
import { diesWithUs } from '../vm/dies-with-us.js';
import type { JobOrder } from './job-order.js';

export type Ordered = {
  title: string;
  /** Whether nothing else may run beside it. */
  exclusive: boolean;
  /** Ends it. */
  stop: AbortSignal;
  /** Each line that it prints. */
  told: (line: string) => void;
};

/** Processes of jobs; disposing of it ends the one that waits for a job. */
export type JobProcesses = AsyncDisposable & {
  /**
   * Runs a job in a process of its own, which is gone when this one is.
   * @throws HarnessError(scenario or host) when it leaves no bundle
   */
  run(order: JobOrder, job: Ordered): Promise<void>;
};

/**
 * A process for each job. The next is started, and loads p2plab, while machines of the job before run: it gets its job
 * when there is one, and no other after that.
 * @param command the program that waits for a JobOrder; one that has ended without a job is replaced
 */
export function jobProcesses(command: readonly string[]): JobProcesses {
  let waiting: ReturnType<typeof start> | undefined;
  const start = () => {
    const [program, ...args] = diesWithUs(command);
    const process = execa(program!, args, { reject: false, stdin: 'pipe', forceKillAfterDelay: 20_000 });
    process.stdin.on('error', () => {}); // it is gone: its exit says why
    return process;
  };
  let ended = false;
  const prepare = () => void (ended || (waiting ??= start()));
  const take = () => {
    const ready = waiting?.exitCode === null && waiting.signalCode === null ? waiting : undefined;
    waiting = undefined;
    return ready ?? start();
  };
  prepare();
  return {
    async run(order, { title, exclusive, stop, told }) {
      const process = take();
      const kill = () => void process.kill();
      stop.addEventListener('abort', kill);
      if (stop.aborted) kill();
      process.stdin.end(`${JSON.stringify(order)}\n`);
      let last = '';
      createInterface({ input: process.stdout }).on('line', (line) => {
        last = line;
        told(line);
        if (!exclusive && line.startsWith('step ')) prepare(); // booting wants all processors
      });
      try {
        const { exitCode, stderr } = await process;
        mustHaveBundle(exitCode, title, stderr.trim().split('\n')[0] || last);
      } finally {
        stop.removeEventListener('abort', kill);
        prepare();
      }
    },
    async [Symbol.asyncDispose]() {
      ended = true;
      waiting?.kill('SIGKILL'); // it has no machines
      await waiting;
    },
  };
}

/** 1: the kernel failed, 4: skipped; both are results. */
function mustHaveBundle(exitCode: number | undefined, title: string, why: string): void {
  if (exitCode === 0 || exitCode === 1 || exitCode === 4) return;
  throw new HarnessError(
    exitCode === 2 ? 'scenario' : 'host',
    `${title}: exit ${exitCode ?? 'by a signal'}: ${why}`,
    { remedy: 'run it by hand on that machine: p2plab run --plan … --job …' },
  );
}
