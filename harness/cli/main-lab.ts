import { rm, mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Progress } from '../common/progress.js';
import { formatDuration } from '../common/size.js';
import type { AcceleratorChoice } from '../host/probe-accelerator.js';
import { ensureKernel } from '../kernel/ensure-kernel.js';
import type { Lab, LabRun } from '../mutants/lab.js';
import { historyFile } from '../report/history.js';
import type { Reporter } from '../report/reporter.js';
import type { Result } from '../report/run-document.js';
import { runInFolder } from '../run-in-folder.js';
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
    run: (request) => runVariants(request, options, terminal),
    tell: out,
  };
}

/** Times of mutants are no history: a fault may make a scenario wait for its deadline. */
async function runVariants(request: LabRun, options: LabOptions, terminal: Terminal): Promise<Result[]> {
  const { variants, patches, dir, until, onResult } = request;
  const { kernel, image, jobs, controls, accel: accelerator } = options;
  const { signal } = terminal;
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true });
  const reporters = [
    ...(patches.length === 0 ? [historyFile()] : []),
    lines(terminal),
    ...(onResult ? [hook(onResult)] : []),
  ];
  const complain = (line: string) => terminal.err(`${line}\n`);
  const wanted = { kernel, image, jobs, controls, accelerator, until, without: [] };
  const id = path.basename(dir);
  return runInFolder(
    { ...wanted, id, dir, variants, extraPatches: [...patches] },
    { reporters, complain },
    signal,
  );
}

/** A line as each stage of a build begins, none for what is counted in it. */
const stages =
  ({ out }: Terminal): Progress =>
  (what, done) => {
    if (done === undefined || done === 0) out(`    ${what}\n`);
  };

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
