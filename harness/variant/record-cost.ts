import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { HarnessError } from '../common/errors.js';
import { countedFile, packCounted, type CountedRun } from '../evidence/counted-runs.js';
import { ranSince, readBlockTable, type BlockTable } from '../evidence/executed-blocks.js';
import { vmFiles } from '../plan/qemu-argv.js';
import { stepContext, underDeadline, type Recording } from './record-step.js';
import type { Step } from '../scenario/scenario.js';
import { runCommands } from '../workload/run-step.js';
import type { RepeatedIo } from '../workload/step-kind.js';
import { kindOf } from '../workload/step-kinds.js';

/**
 * How often a step's I/O is repeated: a long and a short run in turn, of which the difference is that many I/Os without
 * starting and ending a process. Three pairs, of which the median is taken: where one has a tick or a retry more in it
 * than the others, a function's cost per I/O still repeats to 0.1 instructions. The first run warms up caches of the
 * kernel (slabs, the pages of the program) and is not kept.
 */
const pairs = 3;
const maxLongIos = 1152;
const maxLongBytes = 64 * 2 ** 20;
const shortPart = 9;

/** I/Os of the short and of the long run; without the first there are too few to tell anything. */
export function repetitions({ blockBytes, most }: Pick<RepeatedIo, 'blockBytes' | 'most'>): {
  short: number;
  long: number;
} {
  const long = Math.min(maxLongIos, most, Math.floor(maxLongBytes / blockBytes));
  return { short: Math.floor(long / shortPart), long };
}

/**
 * Repeats the I/O of a step that has succeeded and counts what runs of each machine's kernel meanwhile. It is none of
 * the step's evidence: what the drives do between steps is in no ledger.
 * @throws HarnessError(harness) when it fails now, or nothing was counted; what ends the guest is thrown
 */
export async function recordCost(recording: Recording, step: Step): Promise<void> {
  const { run } = recording;
  const { rig } = stepContext(recording, step);
  const works = kindOf(step).repeated?.(step.params as never, rig) ?? [];
  if (works.length === 0) return;
  run.onPhase(`cost ${step.name}`);
  const counted: CountedRun[] = [];
  for (const work of works) {
    const { short, long } = repetitions(work);
    if (short === 0) continue;
    await repeat(recording, step, work, short);
    for (let pair = 0; pair < pairs; pair++)
      for (const ios of [short, long]) counted.push(...(await repeat(recording, step, work, ios)));
  }
  if (counted.length > 0)
    await writeFile(path.join(run.dir, countedFile(step.name)), await packCounted(counted));
}

async function repeat(
  recording: Recording,
  step: Step,
  work: RepeatedIo,
  ios: number,
): Promise<CountedRun[]> {
  const { run, machines } = recording;
  const folder = path.join(step.machine, `cost-${step.name}`);
  await mkdir(path.join(run.dir, folder), { recursive: true });
  const command = { label: `${work.name}.${ios}`, script: work.script(ios) };
  const before = await readTables(recording);
  const [end] = await underDeadline(recording, step, (signal) =>
    runCommands([command], { ...stepContext(recording, step), folder, signal }),
  );
  const after = await readTables(recording);
  const why =
    end?.exitCode === 0
      ? await miscounted(path.join(run.dir, end.stdout), ios)
      : (end?.lastError ?? 'no reason');
  if (why !== undefined)
    throw new HarnessError(
      'harness',
      `step ${step.name} succeeded, and failed when it was repeated for its cost (${command.label}): ${why}`,
      { remedy: 'run the scenario without --cost', evidence: path.join(run.dir, folder) },
    );
  return [...machines.keys()].map((machine) => {
    const executed = ranSince(before.get(machine), after.get(machine)!);
    const bytes = ios * work.blockBytes;
    return { step: step.name, work: work.name, machine, ios, bytes, executed };
  });
}

/** Why a run is not what it should be: a cost per I/O is only as right as their number. */
async function miscounted(file: string, ios: number): Promise<string | undefined> {
  const told = /^ios (\d+)$/m.exec(await readFile(file, 'utf8'))?.[1];
  return told === String(ios) ? undefined : `${told ?? 'nobody knows how many'} I/Os instead of ${ios}`;
}

/** Of each machine, while its guest has nothing to do. */
async function readTables({ run, machines }: Recording): Promise<Map<string, BlockTable>> {
  const tables = new Map<string, BlockTable>();
  for (const name of machines.keys())
    tables.set(name, await readBlockTable(path.join(run.dir, name, vmFiles.executedBlocks)));
  return tables;
}
