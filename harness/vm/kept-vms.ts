import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { stateDir } from '../common/paths.js';
import { isRunning, startTicksOf, thisPlace, type ProcessMark } from '../host/process-mark.js';

/** A VM that was left running; a file of the state folder. */
export type KeptVm = ProcessMark & {
  id: string;
  /** Scenario, variant and machine. */
  title: string;
  startedAt: string;
  dir: string;
  /** On 127.0.0.1. */
  sshPort: number;
  /** Private key of root's login, in `dir`. */
  key: string;
  /** Names in `dir` that go when it is stopped. */
  scratch: string[];
};

export const keptVmsDir = (): string => path.join(stateDir(), 'vms');
const fileOf = (id: string) => path.join(keptVmsDir(), `${id}.json`);

/** Notes a VM, so that `p2plab vms` finds it. */
export async function registerKeptVm(vm: Omit<KeptVm, 'startTicks' | 'place' | 'startedAt'>): Promise<void> {
  await mkdir(keptVmsDir(), { recursive: true });
  const startTicks = startTicksOf(vm.pid) ?? '';
  const kept: KeptVm = { ...vm, startTicks, place: thisPlace(), startedAt: new Date().toISOString() };
  await writeFile(fileOf(vm.id), JSON.stringify(kept, null, 2) + '\n');
}

/** All that are noted, oldest first, and whether they still run: undefined of another host's, boot's or container's. */
export async function listKeptVms(): Promise<(KeptVm & { running: boolean | undefined })[]> {
  const names = (await readdir(keptVmsDir()).catch(() => [])).filter((name) => name.endsWith('.json'));
  const vms = await Promise.all(
    names.map(async (name) => {
      const vm = JSON.parse(await readFile(path.join(keptVmsDir(), name), 'utf8')) as KeptVm;
      return { ...vm, running: isRunning(vm) };
    }),
  );
  return vms.sort((a, b) => a.startedAt.localeCompare(b.startedAt));
}

const pollMs = 100;

/**
 * Ends QEMU, by force when it does not listen in time, and removes its disks, BARs and keys. Nothing is killed but the
 * very process that was noted.
 */
export async function stopKeptVm(vm: KeptVm, stopMs = 10_000): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!isRunning(vm)) break;
    process.kill(vm.pid, signal);
    for (let passed = 0; passed < stopMs && isRunning(vm); passed += pollMs) await wait(pollMs);
  }
  for (const name of vm.scratch) await rm(path.join(vm.dir, name), { force: true });
  await rm(fileOf(vm.id), { force: true });
}
