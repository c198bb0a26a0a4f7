import path from 'node:path';
import { HarnessError } from './common/errors.js';
import type { Progress } from './common/progress.js';
import { ensurePlugin } from './host/ensure-plugin.js';
import { onlyTcg, probeAccelerator, type AcceleratorChoice } from './host/probe-accelerator.js';
import { knownQemu } from './host/probe-qemu.js';
import { ensureImage } from './image/ensure-image.js';
import type { Image } from './image/image.js';
import { defaultKernel, ensureKernel } from './kernel/ensure-kernel.js';
import type { Kernel } from './kernel/kernel.js';
import type { HostFacts } from './plan/host-facts.js';
import type { Reporter } from './report/reporter.js';
import type { Scenario } from './scenario/scenario.js';
import { prepareOwnFiles, type OwnFiles } from './workload/own-files.js';

export type Wanted = {
  variants: readonly Scenario[];
  /** For all variants, whatever they ask for. */
  kernel?: string;
  extraPatches: string[];
  image: string;
  accelerator: AcceleratorChoice;
  /** Whether it is recorded which code of the kernel runs; needs TCG. */
  coverage?: boolean;
  /** Whether it is measured what the I/O of the steps costs; needs TCG. */
  cost?: boolean;
  /** Kernel and image of all variants, when they are there already. */
  ready?: { kernel: Kernel; image: Image };
  /** The run folder. */
  dir: string;
};

/** What all variants share. `kernelOf` tells a variant's. */
export type Prepared = {
  kernels: Kernel[];
  kernelOf: (scenario: Scenario) => Kernel;
  image: Image;
  /** What steps want in the guest. */
  ownFiles: OwnFiles;
  host: HostFacts;
  /** Why this accelerator. */
  why: string;
  /** Path of the QEMU plugin that counts what runs of the kernel, when coverage or cost is wanted. */
  coveragePlugin?: string;
};

/**
 * Kernels and image, built or looked up, and the host.
 * @throws HarnessError when nothing can be run at all; Interrupted when the signal fires
 */
export async function prepare(wanted: Wanted, reporter: Reporter, signal: AbortSignal): Promise<Prepared> {
  const probing = knownQemu(); // perhaps two processes, beside what is looked up
  probing.catch(() => {}); // told where it is waited for
  const ownFiles = await prepareOwnFiles(wanted.variants, path.join(wanted.dir, 'own'), signal);
  const nameOf = (scenario: Scenario) => wanted.kernel ?? scenario.kernel ?? defaultKernel;
  const kernels = new Map<string, Kernel>();
  for (const name of new Set(wanted.variants.map(nameOf))) {
    const { extraPatches } = wanted;
    const progress = progressOf('kernel', reporter);
    const kernel = wanted.ready?.kernel ?? (await ensureKernel(name, { extraPatches, signal, progress }));
    kernels.set(name, kernel);
    const what = `${kernel.name} ${kernel.release}${kernel.cached ? ', cached' : ''}`;
    await reporter.on({ type: 'prepared', subject: 'kernel', what });
  }
  const image =
    wanted.ready?.image ??
    (await ensureImage(wanted.image, { signal, progress: progressOf('image', reporter) }));
  const what = `${image.name}${image.cached ? ', cached' : ''}`;
  await reporter.on({ type: 'prepared', subject: 'image', what });
  const qemu = await probing;
  const [first] = kernels.values();
  const counts = wanted.coverage || wanted.cost;
  const option = wanted.coverage ? '--coverage' : '--cost';
  if (counts) for (const kernel of kernels.values()) mustHaveVmlinux(kernel, option);
  const coveragePlugin = counts ? await ensurePlugin('executed-blocks', signal) : undefined;
  const { accelerator, why } = counts
    ? onlyTcg(wanted.accelerator, option)
    : wanted.accelerator === 'auto'
      ? await probeAccelerator(qemu, first!.bzImage, signal)
      : { accelerator: wanted.accelerator, why: 'chosen with --accel' };
  return {
    kernels: [...kernels.values()],
    kernelOf: (scenario) => kernels.get(nameOf(scenario))!,
    image,
    ownFiles,
    host: { accelerator, qemu },
    why,
    coveragePlugin,
  };
}

function mustHaveVmlinux({ name, vmlinux }: Kernel, option: string): void {
  if (vmlinux !== undefined) return;
  throw new HarnessError('scenario', `${option} needs the vmlinux of ${name}, and there is none beside it`, {
    remedy: 'give --kernel the build folder, or a name of `p2plab kernel list`',
  });
}

const progressOf =
  (subject: string, reporter: Reporter): Progress =>
  (what, done, total) =>
    void reporter.on({ type: 'preparing', subject, what, done, total });
