import { describeError, asHarnessError, Interrupted } from '../common/errors.js';
import type { Recording } from './record-step.js';
import { shellIn, type ShellRequest } from './shell-variant.js';
import { judge } from '../verdict/judge.js';

/** A shell in the machine of the step that failed, while everything is as that step left it. Of a pass there is none. */
export async function shellAfterFailure(
  recording: Recording,
  { seat, say }: Pick<ShellRequest, 'seat' | 'say'>,
): Promise<void> {
  const { recorder, machines, run } = recording;
  const evidence = await recorder.finish(run.kernel);
  const { outcome, reasons } = judge(evidence);
  if (outcome === 'pass' || outcome === 'skip') return;
  const last = evidence.steps.at(-1)?.machine;
  const machine = last !== undefined && machines.has(last) ? last : [...machines.keys()][0];
  say(`${outcome}: ${reasons.join('\n  ')}\n`);
  if (machine === undefined) return say('no machine is left to log in to\n');
  try {
    await shellIn(recording, machine, { seat, say });
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    say(`no shell: ${describeError(asHarnessError(error))}\n`);
  }
}
