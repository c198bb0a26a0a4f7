import type { Plan } from '../jobs/plan-document.js';
import type { BlobStore } from './blob-store.js';
import type { JobProcesses } from './job-processes.js';
import type { planCache } from './plan-of-job.js';
import type { Pool } from './pool-queue.js';

export type WorkerOptions = {
  name: string;
  /** What jobs may take of this machine together. */
  cpus: number;
  memoryMiB: number;
  /** Whether jobs that want KVM may come here. */
  kvm: boolean;
  /** A job whose worker says nothing for so long is given to another. */
  lockMs: number;
  pollMs: number;
  /** The version of p2plab that jobs must be of. */
  harness: Plan['harness'];
  /** The program that runs a job: waits for a JobOrder on its standard input. */
  command: readonly string[];
  /** Folder for work in progress. */
  dir: string;
  /** Whether to end when no job is left. */
  drain: boolean;
  told: (line: string) => void;
};

/** What the work on a job needs besides the job; the signal ends the worker. */
export type Context = {
  pool: Pool;
  store: BlobStore;
  planOf: ReturnType<typeof planCache>;
  processes: JobProcesses;
  options: WorkerOptions;
  signal: AbortSignal;
};
