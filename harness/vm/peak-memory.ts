import { readFileSync } from 'node:fs';

/**
 * The most memory that a process had since it began, in bytes: VmHWM of /proc/PID/status (proc(5)), with what it has
 * touched of the files behind BARs. Undefined of no process, or a zombie.
 */
export function peakMemoryOf(pid: number): number | undefined {
  try {
    const [, kilobytes] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}
