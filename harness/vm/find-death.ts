import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { HarnessError } from '../common/errors.js';
import { vmFiles } from '../plan/qemu-argv.js';
import { maxConsoleBytes, type ConsoleWatch } from './console-watch.js';
import type { DiskWatch } from './disk-watch.js';
import type { QmpEvent } from './qmp-client.js';

/** Lines after which no kernel goes on (kernel/panic.c; with panic_on_oops every oops ends here). */
const panicLine = /Kernel panic - not syncing: (.*)/;
/** What the reader wants to see first: the line that says why the kernel gave up. */
const causeLine = /(BUG: .*|Oops: .*|general protection fault.*|kernel BUG at .*|KASAN: .*)/;
/** From the panic line to the end of its trace: the guest is left to finish printing. */
const printMs = 500;

type Watched = {
  machine: string;
  /** Of the machine's folder, in which QEMU's log is beside it. */
  watch: ConsoleWatch;
  disk: DiskWatch;
  exit: Promise<string>;
  /** All events that QEMU has sent, when it sends no more. */
  events: () => Promise<readonly QmpEvent[]>;
};

/** A promise that rejects once this VM cannot be waited for any more; it never resolves. */
export function findDeath({ machine, watch, disk, exit, events }: Watched): Promise<never> {
  let cause: string | undefined;
  let panic: string | undefined;
  watch.onLine((line) => {
    cause ??= causeLine.exec(line)?.[1];
    panic ??= panicLine.exec(line)?.[1];
  });
  const panicked = watch.waitFor(panicLine).then(() => new Promise((done) => setTimeout(done, printMs)));
  const died = (async (): Promise<never> => {
    const flooded = watch.flooded.then(() => 'flooded' as const);
    const full = disk.full.then(() => 'full' as const);
    const ended = await Promise.race([exit, panicked.then(() => undefined), flooded, full]);
    await watch.catchUp();
    const diskFull = await disk.look();
    if (diskFull) throw diskFull;
    if (panic !== undefined) throw kernelPanicked(machine, watch.file, cause ?? panic);
    if (ended === 'flooded') throw consoleFlooded(machine, watch.file);
    const reset = (await events()).some(isGuestReset);
    throw reset
      ? guestReset(machine, watch.file)
      : await qemuEnded(machine, path.dirname(watch.file), ended ?? '');
  })();
  died.catch(() => {}); // it may lose every race
  return died;
}

const kernelPanicked = (machine: string, evidence: string, what: string) =>
  new HarnessError('kernel', `the kernel of ${machine} panicked: ${what}`, {
    remedy: 'read the trace in the console log',
    evidence,
  });

const consoleFlooded = (machine: string, evidence: string) =>
  new HarnessError('kernel', `${machine} has printed over ${maxConsoleBytes / 2 ** 20} MiB on its console`, {
    remedy: 'read the beginning of the console log: what is repeated there?',
    evidence,
  });

/** QEMU runs with -no-reboot, and tells in this event why it ends (qapi/run-state.json, ShutdownCause). */
const isGuestReset = ({ event, data }: QmpEvent): boolean =>
  event === 'SHUTDOWN' && (data as { reason?: string } | undefined)?.reason === 'guest-reset';

const guestReset = (machine: string, evidence: string) =>
  new HarnessError('kernel', `${machine} was reset from inside, without a panic`, {
    remedy: 'read the end of the console log: the kernel restarted, or the processor met a triple fault',
    evidence,
  });

async function qemuEnded(machine: string, dir: string, how: string): Promise<HarnessError> {
  const evidence = path.join(dir, vmFiles.qemuLog);
  const log = await readFile(evidence, 'utf8').catch(() => '');
  const lastLine =
    log
      .trim()
      .split('\n')
      .filter((line) => !/warning: TCG doesn't support/.test(line))
      .at(-1) ?? '';
  return new HarnessError(
    'host',
    `QEMU of ${machine} ended by itself (${how})${lastLine && `: ${lastLine}`}`,
    {
      remedy: 'run qemu.sh beside the log by hand to see it again',
      evidence,
    },
  );
}
