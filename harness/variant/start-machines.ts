import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Boot } from './boot.js';
import type { EvidenceRecorder } from '../evidence/evidence-recorder.js';
import { checkIdentity } from '../guest/check-identity.js';
import { connectGuest, type Guest } from '../guest/connect-guest.js';
import { loadModules } from '../guest/load-modules.js';
import { makeRunKeys, type RunKeys } from '../guest/run-keys.js';
import type { VariantRun } from './run-variant.js';
import { readPciMap } from '../vm/pci-map.js';
import { startVm, type Vm } from '../vm/start-vm.js';

/** A running machine of the scenario and the session with its guest. */
export type Machine = { vm: Vm; guest: Guest; keys: RunKeys };
/** A step that is meant to end a machine takes it out: whoever asks all machines does not ask it any more. */
export type Machines = Map<string, Machine>;

/**
 * Boots all machines into `boot`, in file order, since the second end of a network connects to the first.
 * @returns its machines
 */
export async function startMachines(
  run: VariantRun,
  recorder: EvidenceRecorder,
  boot: Boot,
): Promise<Machines> {
  const { plan, kernel, dir, signal } = run;
  const { machines, scope } = boot;
  const keys = makeRunKeys();
  for (const machine of plan.machines) {
    run.onPhase(`boot ${machine.name}`);
    const startedAt = performance.now();
    const vmDir = path.join(dir, machine.name);
    await mkdir(vmDir, { recursive: true });
    const files = { hostKey: keys.hostPrivate, authorizedKeys: keys.clientPublic };
    const booted = await startVm(machine, vmDir, files, plan.limits, signal, {
      onLine: (line) => boot.timeline?.line(machine.name, line),
      onEvent: (event) => boot.timeline?.qmp(machine.name, event),
      kept: run.keep,
      onFull: (error) => boot.onFull?.(error),
    });
    const vm = scope.use(`stop ${machine.name}`, booted);
    const { connectMs } = plan.limits;
    const address = { machine: machine.name, port: vm.sshPort, keys, connectMs, died: vm.died };
    const guest = scope.use(`log out of ${machine.name}`, await connectGuest(address, signal));
    const identity = { nonce: machine.nonce, buildId: kernel.buildId, release: kernel.release };
    await checkIdentity(guest, identity, signal);
    await loadModules(guest, kernel, plan.limits.bootMs, signal);
    const sshMs = performance.now() - startedAt;
    recorder
      .machine(machine.name)
      .booted({ bootMs: vm.bootMs, sshMs, actual: await readPciMap(vm.qmp, signal) });
    machines.set(machine.name, { vm, guest, keys });
  }
  return machines;
}
