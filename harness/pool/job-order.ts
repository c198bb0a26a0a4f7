import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** Which job a process that waits for one is to run: a line of JSON on its standard input. */
export type JobOrder = {
  /** File of a plan that has the job. */
  plan: string;
  job: string;
  /** Gets a folder of the job's id. */
  out: string;
};

/** @returns undefined when there is none any more: the input ended, or the signal fired */
export async function readOrder(input: Readable, signal: AbortSignal): Promise<JobOrder | undefined> {
  const lines = createInterface({ input, signal });
  try {
    for await (const line of lines) return JSON.parse(line) as JobOrder;
    return undefined;
  } finally {
    input.destroy(); // it would keep the process
  }
}
