import path from 'node:path';
import { sleep, withDeadline } from '../common/deadline.js';
import { asHarnessError, type HarnessError } from '../common/errors.js';
import { memoryDumpFile } from '../plan/with-memory-dump.js';
import type { Recording } from './record-step.js';
import { devicesOf, type Machine } from '../scenario/scenario.js';
import type { QmpClient } from '../vm/qmp-client.js';

/** Measured: 768 MiB take about 2 s on an idle host; the rest is for loaded hosts and slow disks. */
const dumpMs = 180_000;
const pollMs = 100;

/**
 * After a panic, writes the memory of each machine as an ELF core (dump-guest-memory of QMP) with the kernel's own
 * addresses (`paging`), without which drgn 0.0.22 finds no page table. gdb and drgn open it with the vmlinux of a kernel
 * with debug information; crash when it is new enough for the kernel (8.0.2 is not for 6.12). A machine with more memory than asked for gets none, and that is told as a phase;
 * so is what goes wrong: the panic stays the reason.
 */
export async function dumpMemory({ run, machines }: Recording, error: HarnessError): Promise<void> {
  const { dumpMemoryBytes, scenario, dir, signal } = run;
  if (dumpMemoryBytes === undefined || error.blame !== 'kernel') return;
  for (const [name, { vm }] of machines) {
    const bytes = dumpBytes(scenario.machines[name]!);
    const file = path.join(dir, name, memoryDumpFile);
    if (bytes > dumpMemoryBytes) {
      run.onPhase(
        `no memory dump of ${name}: it has ${bytes} B, at most ${dumpMemoryBytes} B were asked for`,
      );
      continue;
    }
    run.onPhase(`memory dump of ${name}`);
    const deadline = {
      phase: `dumping the memory of ${name}`,
      ms: dumpMs,
      blame: 'host' as const,
      evidence: file,
    };
    try {
      await withDeadline(deadline, signal, (s) => dump(vm.qmp, s));
    } catch (failed) {
      run.onPhase(`no memory dump of ${name}: ${asHarnessError(failed).message}`);
    }
  }
}

/** QEMU takes what is behind an ivshmem's BAR for memory, too. */
const dumpBytes = (machine: Machine): number =>
  devicesOf(machine).reduce((sum, d) => sum + (d.type === 'ivshmem' ? d.size : 0), machine.memory);

/** In the background of QEMU, which answers meanwhile. */
async function dump(qmp: QmpClient, signal: AbortSignal): Promise<void> {
  const args = { paging: true, protocol: `file:${memoryDumpFile}`, detach: true };
  await qmp.execute('dump-guest-memory', args, signal);
  for (;;) {
    const { status } = (await qmp.execute('query-dump', {}, signal)) as { status: string };
    if (status === 'completed') return;
    if (status === 'failed') throw new Error('QEMU could not write it');
    await sleep(pollMs, signal);
  }
}
