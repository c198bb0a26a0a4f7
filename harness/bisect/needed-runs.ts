/** A commit is called good when the chance that it only passed by luck is below this. */
export const acceptedRisk = 0.01;

/**
 * The chance that a commit with the fault passes `runs` times in a row, when the fault made `failed` of `tried` runs
 * fail elsewhere. Nothing else is known of its rate, so every rate is as likely before these runs (Laplace's rule of
 * succession): the rate has the distribution Beta(failed + 1, passed + 1), and this is the mean of (1 - rate)^runs.
 */
export function riskOfLuck({ failed, tried }: { failed: number; tried: number }, runs: number): number {
  const passed = tried - failed;
  let risk = 1;
  for (let run = 0; run < runs; run++) risk *= (passed + 1 + run) / (tried + 2 + run);
  return risk;
}

/** How often a commit must pass to be called good; at least one run has failed. */
export function neededRuns(measured: { failed: number; tried: number }): number {
  let runs = 1;
  while (riskOfLuck(measured, runs) >= acceptedRisk) runs++;
  return runs;
}
