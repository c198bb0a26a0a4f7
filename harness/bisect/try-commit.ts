import { DoesNotApply, DoesNotBuild } from '../common/errors.js';
import type { Result } from '../report/run-document.js';

/** One run of the scenario on a commit, in fresh VMs. */
export type Attempt = {
  outcome: Result['outcome'];
  reasons: string[];
  /** The run folder. */
  folder: string;
};

/** What can be found out about a commit: kernels and VMs, or in tests something quicker. */
export type BisectLab = {
  /** @throws DoesNotBuild; HarnessError of the host or the command line; Interrupted */
  attempt(commit: string, number: number): Promise<Attempt>;
  tell(line: string): void;
};

/** `untestable`: it does not build, its runs are broken, or the scenario is skipped on it. */
export type CommitVerdict = 'good' | 'bad' | 'untestable';

export type CommitReport = {
  commit: string;
  verdict: CommitVerdict;
  /** Runs that passed or failed. */
  tried: number;
  failed: number;
  broken: number;
  /** Of the run that decided. */
  outcome: Result['outcome'] | 'does not build';
  reasons: string[];
  folder?: string;
};

export type Tries = {
  /** So many runs without a failure are enough to call it good. */
  runs: number;
  /** So many failures are enough; more than one to measure how often it fails. */
  failures?: number;
};

/** Broken runs say nothing of the kernel: they are done again, but not for ever. */
const maxBroken = 3;

/**
 * Runs the scenario on a commit until it is known what it is.
 * @throws what the lab throws, except that a kernel does not build
 */
export async function tryCommit(
  commit: string,
  { runs, failures = 1 }: Tries,
  lab: BisectLab,
): Promise<CommitReport> {
  const attempts: Attempt[] = [];
  const of = (...outcomes: Attempt['outcome'][]) => attempts.filter((a) => outcomes.includes(a.outcome));
  const enough = () =>
    of('skip').length > 0 ||
    of('broken').length >= maxBroken ||
    of('fail').length >= failures ||
    of('fail', 'pass').length >= runs;
  try {
    while (!enough()) {
      const attempt = await lab.attempt(commit, attempts.length + 1);
      attempts.push(attempt);
      lab.tell(`  run ${attempts.length}: ${attempt.outcome}${because(attempt)}`);
    }
  } catch (error) {
    if (!(error instanceof DoesNotBuild || error instanceof DoesNotApply)) throw error;
    const [first = ''] = error.message.split('\n');
    lab.tell(`  ${first}`);
    const none = { tried: 0, failed: 0, broken: 0 };
    return { commit, verdict: 'untestable', ...none, outcome: 'does not build', reasons: [error.message] };
  }
  const failed = of('fail').length;
  const [shown] = [...of('fail'), ...of('skip'), ...(of('broken').length >= maxBroken ? of('broken') : [])];
  const decisive = shown ?? attempts.at(-1)!;
  const verdict = failed > 0 ? 'bad' : decisive.outcome === 'pass' ? 'good' : 'untestable';
  const counts = { tried: of('fail', 'pass').length, failed, broken: of('broken').length };
  return { commit, verdict, ...counts, ...decisive };
}

const because = ({ outcome, reasons }: Attempt) =>
  outcome === 'pass' || reasons.length === 0 ? '' : `: ${reasons[0]}`;

/** What `git bisect run` makes of a verdict (git-bisect(1)). */
export const bisectExitCodes = { good: 0, bad: 1, untestable: 125 } as const;

/** From 128 on `git bisect run` stops: the machine or the command line is wrong, not the commit. */
export const abortExitCode = 128;
