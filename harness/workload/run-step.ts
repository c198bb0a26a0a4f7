import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { withDeadline } from '../common/deadline.js';
import { asHarnessError, HarnessError, Interrupted } from '../common/errors.js';
import type { Guest } from '../guest/connect-guest.js';
import type { CommandEnd } from '../guest/run-command.js';
import type { Step } from '../scenario/scenario.js';
import type { ActionEnd } from '../vm/perform-action.js';
import type { Rig } from './rig.js';
import { readSamples, type ReadSamples } from './read-samples.js';
import type { AnyStepKind, CommandOutput, MachineAction, StepCommand } from './step-kind.js';

/** A command that ended, and where its output lies (relative to the result's folder). */
export type CommandRecord = CommandEnd & {
  label: string;
  stdout: string;
  stderr: string;
  /** Of a command that failed: the most telling line it wrote to stderr. */
  lastError?: string;
};
/** What a step did. `unreadable` says why its output gave no samples although every command succeeded. */
export type StepRun = ReadSamples & { commands: CommandRecord[] };

export type StepContext = {
  /** The session with a machine, without a name with the step's own. */
  guestOf: (machine?: string) => Guest;
  /** Has QEMU do it. @throws HarnessError when an awaited event does not come */
  act: (action: MachineAction, signal: AbortSignal) => Promise<ActionEnd>;
  rig: Rig;
  resultDir: string;
  folder: string;
  signal: AbortSignal;
};

/**
 * Runs a step's commands one after the other until one fails, and reads its samples.
 * @throws what ends the guest (panic, lost connection) or the deadline's error; commands that fail are recorded
 */
export async function runStep(step: Step, kind: AnyStepKind, context: StepContext): Promise<StepRun> {
  const params = step.params as never; // passed this kind's schema in the scenario stage
  const commands = await runCommands(kind.commands(params, context.rig), context);
  if (commands.some(({ exitCode }) => exitCode !== 0)) return { commands, samples: [] };
  return { commands, ...(await readOutputs(kind, params, commands, context.resultDir)) };
}

/** Runs scripts and actions until one fails; their output is kept in `folder`. */
export async function runCommands(
  steps: readonly StepCommand[],
  context: StepContext,
): Promise<CommandRecord[]> {
  const { resultDir, folder } = context;
  await mkdir(path.join(resultDir, folder), { recursive: true });
  const commands: CommandRecord[] = [];
  for (const command of steps) {
    const { label } = command;
    const name = path.join(folder, label.replaceAll(/[^\w.=-]/g, '_'));
    const files = { stdout: `${name}.out`, stderr: `${name}.err` };
    const inDir = { stdout: path.join(resultDir, files.stdout), stderr: path.join(resultDir, files.stderr) };
    const end = await runCommand(command, inDir, context);
    const record: CommandRecord = { label, ...end, ms: Math.round(end.ms), ...files };
    commands.push(record);
    if (end.exitCode === 0) continue;
    record.lastError = await tellingLine(inDir.stderr);
    break;
  }
  return commands;
}

async function runCommand(
  command: StepCommand,
  files: { stdout: string; stderr: string },
  { guestOf, act, signal }: StepContext,
): Promise<CommandEnd> {
  if ('script' in command) return guestOf(command.on).run(command.script, files, signal);
  const end = await act(command, signal);
  await writeFile(files.stdout, `${JSON.stringify(end)}\n`);
  await writeFile(files.stderr, '');
  return { exitCode: 0, ms: end.ms, truncated: false };
}

/** The line of an error output that says most: fio, for one, ends with a bare checksum. */
async function tellingLine(file: string): Promise<string> {
  const lines = (await readFile(file, 'utf8')).trim().split('\n');
  const told = lines.find((line) => /verify:|error|cannot|could not|failed|refused/i.test(line));
  return (told ?? lines.at(-1) ?? '').trim().slice(0, 300);
}

async function readOutputs(
  kind: AnyStepKind,
  params: never,
  commands: CommandRecord[],
  resultDir: string,
): Promise<ReadSamples> {
  const text = (file: string) => readFile(path.join(resultDir, file), 'utf8');
  const outputs = await Promise.all(
    commands.map(async (c): Promise<CommandOutput> => ({
      ...c,
      stdout: await text(c.stdout),
      stderr: await text(c.stderr),
    })),
  );
  return readSamples(kind, params, outputs);
}

/** A guest that answers at all answers within this time. */
const askMs = 15_000;

/**
 * What was thrown while something was under way, explained. What ran out of its time may hang in the kernel or be
 * merely slow: processes in uninterruptible sleep are the kernel's fault, and their stacks go to the console (sysrq w,
 * Documentation/admin-guide/sysrq.rst).
 * @param what was under way: `step write`
 */
export async function explainTimeout(
  what: string,
  late: unknown,
  guest: Guest,
  signal: AbortSignal,
): Promise<HarnessError | Interrupted> {
  if (late instanceof Interrupted) return late;
  const error = asHarnessError(late);
  if (error.blame !== 'scenario') return error; // not the deadline's
  const script = `echo w >/proc/sysrq-trigger; for s in /proc/[0-9]*/stat; do sed -n 's/^[0-9]* (\\(.*\\)) D .*/\\1/p' "$s" 2>/dev/null; done`;
  const asking = { phase: `asking what hangs while ${what}`, ms: askMs, blame: 'harness' as const };
  const blocked = await withDeadline(asking, signal, (s) => guest.read(script, s)).then(
    (out) => out.toString().trim().split('\n').filter(Boolean),
    () => [],
  );
  if (blocked.length === 0) return error;
  return new HarnessError('kernel', `${what} hangs: ${blocked.join(', ')} blocked in the kernel`, {
    remedy: 'read the stacks of the blocked tasks at the end of the console log',
    cause: late,
  });
}
