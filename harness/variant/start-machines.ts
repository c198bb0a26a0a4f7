import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Boot } from './boot.js';
import type { EvidenceRecorder } from '../evidence/evidence-recorder.js';
import { checkIdentity } from '../guest/check-identity.js';
import { connectGuest, loadSsh, type Guest } from '../guest/connect-guest.js';
import { loadModules } from '../guest/load-modules.js';
import { makeRunKeys, type RunKeys } from '../guest/run-keys.js';
import type { MachinePlan } from '../plan/plan.js';
import type { VariantRun } from './run-variant.js';
import { readPciMap } from '../vm/pci-map.js';
import { startVm, type Vm } from '../vm/start-vm.js';

/** A running machine of the scenario and the session with its guest. */
export type Machine = { vm: Vm; guest: Guest; keys: RunKeys };
/** A step that is meant to end a machine takes it out: whoever asks all machines does not ask it any more. */
export type Machines = Map<string, Machine>;

/**
 * Boots all machines into `boot`, side by side: in file order each begins when the QEMU of the one before listens, since
 * the second end of a network connects to the first.
 * @returns its machines
 */
export async function startMachines(
  run: VariantRun,
  recorder: EvidenceRecorder,
  boot: Boot,
): Promise<Machines> {
  const { machines } = boot;
  const keys = makeRunKeys();
  const stop = new AbortController();
  const signal = AbortSignal.any([run.signal, stop.signal]);
  const starting: Promise<Machine>[] = [];
  try {
    for (const machine of run.plan.machines) {
      const listens = new Promise<void>((resolve) => {
        starting.push(startMachine(machine, { run: { ...run, signal }, recorder, boot, keys }, resolve));
      });
      await Promise.race([listens, Promise.all(starting)]);
    }
    const started = await Promise.all(starting);
    for (const [n, { name }] of run.plan.machines.entries()) machines.set(name, started[n]!);
  } catch (error) {
    stop.abort(); // the others: what ended the first is the reason
    await Promise.allSettled(starting);
    throw error;
  }
  return machines;
}

type Starting = { run: VariantRun; recorder: EvidenceRecorder; boot: Boot; keys: RunKeys };

async function startMachine(
  machine: MachinePlan,
  { run, recorder, boot, keys }: Starting,
  onListens: () => void,
): Promise<Machine> {
  const { plan, kernel, dir, signal } = run;
  const { scope } = boot;
  const { name } = machine;
  run.onPhase(`boot ${name}`);
  const startedAt = performance.now();
  const vmDir = path.join(dir, name);
  await mkdir(vmDir, { recursive: true });
  const files = { hostKey: keys.hostPrivate, authorizedKeys: keys.clientPublic };
  const booted = await startVm(machine, vmDir, files, plan.limits, signal, {
    onLine: (line) => boot.timeline?.line(name, line),
    onEvent: (event) => boot.timeline?.qmp(name, event),
    kept: run.keep,
    onFull: (error) => boot.onFull?.(error),
    onLaunched: () => void loadSsh().catch(() => {}), // told when it is connected
    onListens,
  });
  const vm = scope.use(`stop ${name}`, booted);
  const { connectMs } = plan.limits;
  const address = { machine: name, port: vm.sshPort, keys, connectMs, died: vm.died };
  const guest = scope.use(`log out of ${name}`, await connectGuest(address, signal));
  const identity = { nonce: machine.nonce, buildId: kernel.buildId, release: kernel.release };
  await checkIdentity(guest, identity, signal);
  await loadModules(guest, kernel, plan.limits.bootMs, signal);
  const sshMs = performance.now() - startedAt;
  const { bootMs, qmp } = vm;
  recorder.machine(name).booted({ bootMs, sshMs, actual: await readPciMap(qmp, signal) });
  return { vm, guest, keys };
}
