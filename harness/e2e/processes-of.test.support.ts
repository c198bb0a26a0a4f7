import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Processes, other than ours, that have a folder as working directory or in the environment: what a test started. */
export function processesOf(dir: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return false;
    try {
      const of = `${readlinkSync(`/proc/${pid}/cwd`)}\n${readFileSync(`/proc/${pid}/environ`, 'utf8')}`;
      return of.includes(dir) && !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
    } catch {
      return false; // it ended meanwhile, or is the kernel's
    }
  });
}

/** Pids with their command lines. */
export const named = (pids: readonly string[]): string[] =>
  pids.map((pid) => {
    try {
      return `${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')}`.slice(0, 200);
    } catch {
      return pid;
    }
  });
