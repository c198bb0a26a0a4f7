import * as z from 'zod';

const side = z.object({
  total_ios: z.number(),
  bw_bytes: z.number(),
  clat_ns: z.object({ percentile: z.record(z.string(), z.number()).optional() }),
});
const report = z.object({ jobs: z.array(z.object({ jobname: z.string(), read: side, write: side })) });

/** What fio says of one job in one direction. */
export type FioFigures = {
  job: string;
  ios: number;
  bytesPerSecond: number;
  /** Completion latency by percentile; none when fio kept no count of it. */
  latencyNs: { p50?: number; p99?: number };
};

/**
 * Reads the output of a fio step: the notes before its JSON are left out.
 * @returns nothing when it is none of fio's
 */
export function readFioFigures(stdout: string): FioFigures[] {
  const parsed = report.safeParse(parseJson(stdout.slice(Math.max(0, stdout.indexOf('{')))));
  if (!parsed.success) return [];
  return parsed.data.jobs.flatMap(({ jobname, read, write }) =>
    [read, write]
      .filter(({ total_ios: ios }) => ios > 0)
      .map(({ total_ios: ios, bw_bytes: bytesPerSecond, clat_ns: { percentile } }) => {
        const latencyNs = { p50: percentile?.['50.000000'], p99: percentile?.['99.000000'] };
        return { job: jobname, ios, bytesPerSecond, latencyNs };
      }),
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
