export type Simulated = {
  makespanSeconds: number;
  /** No schedule can be shorter: after the builds, the work shared out evenly, or the longest job. */
  boundSeconds: number;
};

export type SimulatedPool = {
  workers: number;
  /** Of a job beside the time that it runs. */
  overheadSeconds: number;
  /** Until kernel and image are there, on one worker; the others wait. */
  buildSeconds: number;
  /** Of each worker, once: to get kernel and image. */
  fetchSeconds: number;
};

/** Workers of one slot each take the next job of the queue as they become free. */
export function simulate(jobSeconds: readonly number[], pool: SimulatedPool): Simulated {
  const { workers, overheadSeconds, buildSeconds, fetchSeconds } = pool;
  const free = new Float64Array(workers).fill(buildSeconds + fetchSeconds);
  free[0] = buildSeconds; // it has built them
  for (const seconds of jobSeconds) {
    let first = 0;
    for (let n = 1; n < workers; n++) if (free[n]! < free[first]!) first = n;
    free[first]! += seconds + overheadSeconds;
  }
  const sum = jobSeconds.reduce((total, seconds) => total + seconds, 0);
  const longest = jobSeconds.reduce((most, seconds) => Math.max(most, seconds), 0);
  return {
    makespanSeconds: Math.max(...free),
    boundSeconds: buildSeconds + Math.max(sum / workers, longest),
  };
}
