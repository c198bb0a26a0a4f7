import { rm, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Interrupted } from '../common/errors.js';
import type { Progress } from '../common/progress.js';
import { formatDuration } from '../common/size.js';
import type { AcceleratorChoice } from '../host/probe-accelerator.js';
import { ensureKernel } from '../kernel/ensure-kernel.js';
import type { Lab, LabRun } from '../mutants/lab.js';
import { eventsFile, runJsonFile } from '../report/file-reporters.js';
import { historyFile } from '../report/history.js';
import { fanOut, type Reporter } from '../report/reporter.js';
import type { Result, RunDocument } from '../report/run-document.js';
import { run } from '../run.js';
import type { Terminal } from './terminal.js';

export type LabOptions = {
  kernel: string;
  image: string;
  jobs: number;
  accel: AcceleratorChoice;
  controls: boolean;
};

/** The lab in which mutants are tried: kernels from the cache or built, and the main job, told line by line. */
export function mainLab(options: LabOptions, terminal: Terminal): Lab {
  const { kernel: name } = options;
  const { signal, out } = terminal;
  return {
    kernel: (patches) => ensureKernel(name, { extraPatches: patches, signal, progress: stages(terminal) }),
    run: (request) => runInFolder(request, options, terminal),
    tell: out,
  };
}

/** Times of mutants are no history: a fault may make a scenario wait for its deadline. */
async function runInFolder(request: LabRun, options: LabOptions, terminal: Terminal): Promise<Result[]> {
  const { variants, patches, dir, until, onResult } = request;
  const { kernel, image, jobs, controls, accel: accelerator } = options;
  const { signal } = terminal;
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true });
  const results: Result[] = [];
  const files = [eventsFile(dir), runJsonFile(dir), ...(patches.length === 0 ? [historyFile()] : [])];
  const told = [...files, collectInto(results), lines(terminal), ...(onResult ? [hook(onResult)] : [])];
  const reporter = fanOut(told, (line) => terminal.err(`${line}\n`));
  const id = path.basename(dir);
  let state: RunDocument['state'] = 'finished';
  try {
    const wanted = { kernel, image, jobs, controls, accelerator, until, without: [] };
    return await run({ ...wanted, id, dir, variants, extraPatches: [...patches] }, reporter, signal);
  } catch (error) {
    state = signal.aborted || error instanceof Interrupted ? 'interrupted' : 'broken';
    throw error;
  } finally {
    await reporter.on({ type: 'ended', dir, state, results });
  }
}

/** A line as each stage of a build begins, none for what is counted in it. */
const stages =
  ({ out }: Terminal): Progress =>
  (what, done) => {
    if (done === undefined || done === 0) out(`    ${what}\n`);
  };

const collectInto = (results: Result[]): Reporter => ({
  name: 'results',
  on: (event) => void (event.type === 'finished' && results.push(event.result)),
});

const hook = (onResult: NonNullable<LabRun['onResult']>): Reporter => ({
  name: 'hook',
  on: (event) => (event.type === 'finished' ? onResult(event.result) : undefined),
});

const lines = ({ out }: Terminal): Reporter => ({
  name: 'lines',
  on(event) {
    if (event.type !== 'finished') return;
    const { outcome, phases } = event.result;
    out(`    ${outcome} ${event.title} (${formatDuration(phases.wallMs ?? 0)})\n`);
  },
});
