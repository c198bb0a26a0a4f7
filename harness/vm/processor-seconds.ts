import { readFileSync } from 'node:fs';

/** USER_HZ: the unit of times in /proc/PID/stat. */
const ticksPerSecond = 100;

/**
 * Processor time that a process with its threads has used since it began, in seconds: utime and stime of /proc/PID/stat
 * (proc(5)). Undefined of no process.
 */
export function processorSecondsOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // from the third on
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  } catch {
    return undefined;
  }
}
