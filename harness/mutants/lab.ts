import type { Result } from '../report/run-document.js';
import type { Scenario } from '../scenario/scenario.js';

export type LabKernel = { name: string; release: string; id: string; cached: boolean };

export type LabRun = {
  variants: readonly Scenario[];
  patches: readonly string[];
  /** The run folder. What an earlier, interrupted run left there goes. */
  dir: string;
  /** Ends the run with the first result that this is true of. */
  until?: (result: Result) => boolean;
  /** Told of each result before the next one. */
  onResult?: (result: Result) => void | Promise<void>;
};

/** What finding out about mutants needs: the main job, or in tests something quicker. */
export type Lab = {
  /**
   * The base kernel with these patches on top, built or looked up.
   * @throws HarnessError(scenario) when it does not build with them; Interrupted
   */
  kernel(patches: readonly string[]): Promise<LabKernel>;
  /** Runs variants on it, in this order. @throws HarnessError when nothing can be run at all; Interrupted */
  run(run: LabRun): Promise<Result[]>;
  /** A line of progress. */
  tell(line: string): void;
};
