import { stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { asHarnessError, HarnessError } from '../common/errors.js';
import type { EvidenceRecorder } from '../evidence/evidence-recorder.js';
import { BlockSum, coverageFile, packBlocks, readPluginFile } from '../evidence/executed-blocks.js';
import { vmFiles } from '../plan/qemu-argv.js';
import type { VariantRun } from './run-variant.js';

/**
 * Keeps which code of the kernel ran on any of the machines, however they ended. A machine that booted and of which
 * nothing was recorded makes the run broken: its lines would be told as never run.
 */
export async function recordCoverage(run: VariantRun, recorder: EvidenceRecorder): Promise<void> {
  const { plan, dir } = run;
  try {
    const sum = new BlockSum();
    let started = 0;
    for (const { name } of plan.machines) {
      const file = path.join(dir, name, vmFiles.executedBlocks);
      if (!(await exists(file))) continue; // it was never started
      const executed = await readPluginFile(file);
      if (executed.blocks.length === 0 && recorder.machine(name).hasBooted) throw nothingRecorded(name, dir);
      sum.add(executed);
      started++;
    }
    if (started > 0) await writeFile(path.join(dir, coverageFile), await packBlocks(sum.total()));
  } catch (error) {
    recorder.endedBy(asHarnessError(error));
  }
}

const exists = async (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );

const nothingRecorded = (machine: string, dir: string) =>
  new HarnessError('harness', `the QEMU plugin of ${machine} recorded no code of the kernel`, {
    remedy: 'run qemu.sh beside the log by hand: it is to fill executed.blocks',
    evidence: path.join(dir, machine, vmFiles.qemuLog),
  });
