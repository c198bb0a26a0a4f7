import { execa } from 'execa';
import { chmod, open, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { withDeadline } from '../common/deadline.js';
import { HarnessError, type DiskFull } from '../common/errors.js';
import { Scope } from '../common/scope.js';
import type { Limits } from '../plan/limits.js';
import type { MachinePlan } from '../plan/plan.js';
import { vmFiles } from '../plan/qemu-argv.js';
import { ConsoleWatch } from './console-watch.js';
import { DiskWatch } from './disk-watch.js';
import { diesWithUs } from './dies-with-us.js';
import { findDeath } from './find-death.js';
import { pasteableCommand } from './pasteable-command.js';
import { QmpClient, type QmpEvent } from './qmp-client.js';

/** A guest that said it is ready; disposing of it ends QEMU. */
export type Vm = AsyncDisposable & {
  plan: MachinePlan;
  /** Where QEMU was started; what it tells is in the folder of `console`. */
  dir: string;
  pid: number;
  /** On 127.0.0.1, chosen by the system. */
  sshPort: number;
  qmp: QmpClient;
  console: ConsoleWatch;
  /** Rejects when QEMU ends or the guest panics; race every wait against it. Never resolves. */
  died: Promise<never>;
  /** Time from starting QEMU to the guest's ready line. */
  bootMs: number;
  /** Of one that is kept: from now on disposing of it, and the harness' end, leave QEMU running. */
  leaveRunning(): void;
};

/** How a VM is started when it is not as usual. */
export type VmStart = {
  /** It can be left running: it does not end with a harness that is killed. */
  kept?: boolean;
  /** Is told of each line of the console and each event of QEMU, from the first on. */
  onLine?: (line: string) => void;
  onEvent?: (event: QmpEvent) => void;
  /** Is told, also after the end, that the disk of `dir` was full while the VM ran. */
  onFull?: (error: DiskFull) => void;
  /** Is told when QEMU has been started: it boots whatever its caller does meanwhile. */
  onLaunched?: () => void;
  /** Is told when QEMU has made its devices: others may connect to its sockets. */
  onListens?: () => void;
  /** How long QEMU may take to answer on QMP. */
  answerMs?: number;
};

/** Files that the guest reads through fw_cfg. */
export type GuestKeys = { hostKey: Buffer; authorizedKeys: string };

/**
 * Starts QEMU in `dir` and waits until the guest's init says that sshd listens.
 * @throws HarnessError(kernel) when the guest panics, (host) when QEMU ends by itself, or the boot deadline's
 */
export async function startVm(
  plan: MachinePlan,
  dir: string,
  keys: GuestKeys,
  limits: Limits,
  signal: AbortSignal,
  { kept = false, onLine, onEvent, onFull, onLaunched, onListens, answerMs }: VmStart = {},
): Promise<Vm> {
  await using building = new Scope();
  await writeVmFiles(plan, dir, keys);
  const startedAt = performance.now();
  const disk = building.use('stop watching the disk', new DiskWatch(dir, onFull));
  const qemu = launch(plan.argv, dir, building, { stopMs: limits.stopMs, kept });
  onLaunched?.();
  const watch = building.use('stop watching the console', new ConsoleWatch(path.join(dir, vmFiles.console)));
  const ready = watch.waitFor(/p2plab: (?:ready ([0-9a-f]+)|init failed: (.*))/);
  let qmp: QmpClient | undefined;
  const events = async () => qmp?.lastEvents() ?? [];
  const died = findDeath({ machine: plan.name, watch, disk, exit: qemu.exit, events });
  if (onLine) watch.onLine(onLine);
  watch.start();

  const starting = { phase: `starting QEMU for ${plan.name}`, ms: limits.startMs, blame: 'host' as const };
  qmp = await withDeadline(starting, signal, (s) =>
    Promise.race([QmpClient.connect(path.join(dir, vmFiles.qmpSocket), s, { died, answerMs }), died]),
  );
  building.use('close the QMP socket', qmp);
  await Promise.race([qmp.negotiate(signal), died]);
  onListens?.();
  const sshPort = await Promise.race([forwardedPort(qmp, dir, signal), died]);
  if (onEvent) {
    qmp.events.forEach(onEvent);
    qmp.onEvent = onEvent;
  }
  const booting = {
    phase: `boot of ${plan.name}`,
    ms: limits.bootMs,
    blame: 'kernel' as const,
    evidence: watch.file,
  };
  const [, nonce, failure] = await withDeadline(booting, signal, () => Promise.race([ready, died]));
  if (failure !== undefined) throw initFailed(plan.name, failure, watch.file);
  if (nonce !== plan.nonce) throw staleGuest(plan, nonce ?? '', watch.file);
  const bootMs = performance.now() - startedAt;
  watch.slowDown();
  const scope = building.move();
  return {
    plan,
    dir,
    pid: qemu.pid,
    sshPort,
    qmp,
    console: watch,
    died,
    bootMs,
    leaveRunning: qemu.leaveRunning,
    [Symbol.asyncDispose]: () => scope[Symbol.asyncDispose](),
  };
}

/** Makes what the command line names: sparse disks, keys (deleted by the run's end), and the command itself. */
async function writeVmFiles(plan: MachinePlan, dir: string, keys: GuestKeys): Promise<void> {
  for (const { name, bytes } of plan.files) {
    await using file = await open(path.join(dir, name), 'w');
    await file.truncate(bytes);
  }
  await writeFile(path.join(dir, vmFiles.hostKey), keys.hostKey, { mode: 0o600 });
  await writeFile(path.join(dir, vmFiles.authorizedKeys), keys.authorizedKeys, { mode: 0o600 });
  await writeFile(path.join(dir, 'qemu.sh'), pasteableCommand(plan.argv));
  await chmod(path.join(dir, 'qemu.sh'), 0o755);
}

type Qemu = { pid: number; exit: Promise<string>; leaveRunning: () => void };

/** QEMU dies with us, unless it is kept. */
function launch(argv: string[], dir: string, scope: Scope, how: { stopMs: number; kept: boolean }): Qemu {
  // into a file of its own and not through a pipe of ours: it may outlive us
  const logged = ['-c', `exec "$@" >${vmFiles.qemuLog} 2>&1`, 'sh'];
  const child = execa('sh', [...logged, ...(how.kept ? argv : diesWithUs(argv))], {
    cwd: dir,
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'ignore',
    reject: false,
    detached: true, // Ctrl-C goes to the harness alone, which stops its VMs in order
    forceKillAfterDelay: how.stopMs,
  });
  let left = false;
  scope.defer('stop QEMU', async () => {
    if (left) return;
    child.kill('SIGTERM');
    await child;
  });
  const exit = child.then((end) =>
    end.exitCode === 0 ? 'exit 0' : (end.signal ?? `exit ${end.exitCode ?? end.code}`),
  );
  const leaveRunning = () => {
    left = true;
    child.unref();
  };
  return { pid: child.pid ?? 0, exit, leaveRunning };
}

async function forwardedPort(qmp: QmpClient, dir: string, signal: AbortSignal): Promise<number> {
  const forwards = await qmp.human('info usernet', signal);
  const port = /TCP\[HOST_FORWARD\]\s+\d+\s+127\.0\.0\.1\s+(\d+)\s/.exec(forwards)?.[1];
  if (port !== undefined) return Number(port);
  throw new HarnessError('host', `QEMU names no forwarded port: ${forwards.trim()}`, {
    remedy: 'run p2plab doctor: this QEMU may lack user networking (slirp)',
    evidence: path.join(dir, vmFiles.qemuLog),
  });
}

const initFailed = (machine: string, what: string, evidence: string) =>
  new HarnessError('harness', `the init of ${machine} failed: ${what}`, {
    remedy: 'check the kernel config against kernels/config/guest.config and the overlay of the image',
    evidence,
  });

const staleGuest = ({ name, nonce }: MachinePlan, got: string, evidence: string) =>
  new HarnessError('harness', `${name} showed nonce ${got}, this VM has ${nonce}`, {
    remedy: 'something else writes to this console log: give the run a folder of its own',
    evidence,
  });
