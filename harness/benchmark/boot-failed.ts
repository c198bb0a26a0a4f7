import { HarnessError, type Blame } from '../common/errors.js';
import { scenarioTitle } from '../scenario/scenario.js';
import type { Result } from '../report/run-document.js';
import type { SideName } from './boot.js';

const blames: Record<Result['outcome'], Blame> = {
  pass: 'harness',
  fail: 'kernel',
  broken: 'harness',
  skip: 'scenario',
};

/** A boot of which the result is no pass: a failing run has no numbers. */
export class BootFailed extends HarnessError {
  readonly outcome: Result['outcome'];

  /** @param dir the run folder */
  constructor(side: SideName, dir: string, result: Result | undefined) {
    const outcome = result?.outcome ?? 'broken';
    const title = result ? scenarioTitle(result.scenario, result.variant) : 'the scenario';
    const reason = result?.reasons[0] ?? 'it left no result';
    super(blames[outcome], `${side}: ${title} is ${outcome}: ${reason}`, {
      remedy: `look at that run, and start again with the same --out: p2plab report ${dir} --format mail --out -`,
      evidence: dir,
    });
    this.outcome = outcome;
  }
}
