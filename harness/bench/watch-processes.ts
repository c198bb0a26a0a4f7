import { readFile } from 'node:fs/promises';
import { sleep } from '../common/deadline.js';
import { processorSecondsOf } from '../vm/processor-seconds.js';

/** What was seen of a process and its QEMUs. */
export type Watched = {
  /** CPU seconds of all QEMUs, as of when each was last seen. */
  vmCpuSeconds: number;
  /** So many QEMUs at the same time, at most. */
  mostVms: number;
  /** The process' own resident memory, at most, by how many QEMUs there were then. */
  residentBytes: Map<number, number>;
};

const pollMs = 100;

/** Looks at a process of this host until the signal fires or it is gone (proc(5)). */
export async function watchProcesses(pid: number, signal: AbortSignal): Promise<Watched> {
  const cpu = new Map<string, number>();
  const residentBytes = new Map<number, number>();
  while (!signal.aborted) {
    const resident = await residentOf(pid);
    if (resident === undefined) break;
    const vms = new Map<string, number>();
    for (const child of await descendants(String(pid))) {
      const seconds = await qemuSeconds(child);
      if (seconds !== undefined) vms.set(child, seconds);
    }
    for (const [child, seconds] of vms) cpu.set(child, seconds);
    residentBytes.set(vms.size, Math.max(resident, residentBytes.get(vms.size) ?? 0));
    await sleep(pollMs, signal).catch(() => {});
  }
  const vmCpuSeconds = [...cpu.values()].reduce((sum, seconds) => sum + seconds, 0);
  return { vmCpuSeconds, mostVms: Math.max(0, ...residentBytes.keys()), residentBytes };
}

async function descendants(pid: string): Promise<string[]> {
  const text = await readProc(`${pid}/task/${pid}/children`);
  const children = text?.split(' ').filter(Boolean) ?? [];
  return (await Promise.all(children.map(async (child) => [child, ...(await descendants(child))]))).flat();
}

/** CPU seconds in user and kernel mode; undefined of what is no QEMU, or gone. */
async function qemuSeconds(pid: string): Promise<number | undefined> {
  const name = await readProc(`${pid}/comm`);
  return name?.startsWith('qemu-system') ? processorSecondsOf(Number(pid)) : undefined;
}

async function residentOf(pid: number): Promise<number | undefined> {
  const kib = /^VmRSS:\s+(\d+) kB/m.exec((await readProc(`${pid}/status`)) ?? '')?.[1];
  return kib === undefined ? undefined : Number(kib) * 1024;
}

const readProc = (file: string): Promise<string | undefined> =>
  readFile(`/proc/${file}`, 'utf8').catch(() => undefined);
