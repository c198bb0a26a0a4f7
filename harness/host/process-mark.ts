import { readFileSync, readlinkSync } from 'node:fs';

/** A process, told from every other that has or will have its number. */
export type ProcessMark = {
  pid: number;
  /** When it started, in ticks since the host's boot: another process of that number has another. */
  startTicks: string;
  /** Of the host's boot, and the PID namespace: in another one the number says nothing. */
  place: string;
};

/** @throws when there is no such process */
export function markProcess(pid = process.pid): ProcessMark {
  const startTicks = startTicksOf(pid);
  if (startTicks === undefined) throw new Error(`there is no process ${pid}`);
  return { pid, startTicks, place: thisPlace() };
}

/** Whether it still runs; undefined of one that belongs to another host, boot or container. */
export function isRunning({ pid, startTicks, place }: ProcessMark): boolean | undefined {
  return place === thisPlace() ? startTicksOf(pid) === startTicks : undefined;
}

/** Field 22 of /proc/PID/stat (proc(5)); the name in field 2 may have blanks. Undefined of no process, or a zombie. */
export function startTicksOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? undefined : fields[18];
  } catch {
    return undefined;
  }
}

/** The boot and the PID namespace that we are in. */
export const thisPlace = (): string =>
  `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`;
