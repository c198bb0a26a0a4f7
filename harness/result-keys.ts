import path from 'node:path';
import { probeAccelerator } from './host/probe-accelerator.js';
import { knownQemu } from './host/probe-qemu.js';
import type { Kernel } from './kernel/kernel.js';
import type { RunRequest } from './run.js';
import type { Scenario } from './scenario/scenario.js';
import { harnessHash, hashOfFile, hashOfTree, keyOf } from './series/known-results.js';
import { filesOf } from './workload/own-files.js';

/** Read once: what runs is what was loaded. */
let ownCode: Promise<string> | undefined;

type Request = Pick<RunRequest, 'accelerator' | 'controls'> & { imageId: string };

/** The keys under which results of variants on a kernel are on record. */
export async function resultKeys(
  kernel: Pick<Kernel, 'bzImage' | 'guestModules'>,
  { accelerator: choice, controls, imageId: rootfsId }: Request,
  signal: AbortSignal,
): Promise<(scenario: Scenario) => Promise<string>> {
  const qemu = await knownQemu();
  const accelerator =
    choice === 'auto' ? (await probeAccelerator(qemu, kernel.bzImage, signal)).accelerator : choice;
  const machine = `qemu ${qemu.version} ${accelerator}`;
  const imageHash = await hashOfImage(kernel);
  const harness = await (ownCode ??= harnessHash());
  return async (scenario) => {
    const own = scenario.steps
      .flatMap(filesOf)
      .map((file) => path.resolve(path.dirname(scenario.file), file));
    const files = await Promise.all(own.map(hashOfTree));
    return keyOf({ imageHash, rootfsId, harness, machine, controls, scenario, files });
  };
}

/** What is the same for kernels that are the same bit by bit, and only for those. */
export async function hashOfImage({
  bzImage,
  guestModules,
}: Pick<Kernel, 'bzImage' | 'guestModules'>): Promise<string> {
  const more = guestModules === undefined ? [] : [await hashOfTree(guestModules.dir)];
  return [await hashOfFile(bzImage), ...more].join(' ');
}
