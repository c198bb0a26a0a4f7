import { execa } from 'execa';
import { access, constants, mkdir, readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { contentId } from '../common/artifact-store.js';
import { HarnessError } from '../common/errors.js';
import { cacheDir } from '../common/paths.js';
import type { HostFacts } from '../plan/host-facts.js';

export type AcceleratorChoice = 'auto' | HostFacts['accelerator'];
/** `why` is a sentence for doctor and run.json. */
export type AcceleratorProbe = { accelerator: HostFacts['accelerator']; why: string };

/** A working KVM prints its first kernel line in well under a second. */
const probeMs = 8_000;

/** Whether /dev/kvm opens; it may still not run a kernel. */
export const mayUseKvm = (): Promise<boolean> =>
  access('/dev/kvm', constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );

/**
 * KVM or TCG. /dev/kvm may exist and open, and still not run a kernel, so the kernel at hand is booted on it until
 * it prints its first line. The answer is kept per QEMU and host kernel.
 */
export async function probeAccelerator(
  qemu: HostFacts['qemu'],
  bzImage: string,
  signal: AbortSignal,
): Promise<AcceleratorProbe> {
  if (!(await mayUseKvm())) return { accelerator: 'tcg', why: '/dev/kvm is absent or may not be opened' };
  const file = probeFile(qemu);
  const kept = await readFile(file, 'utf8').catch(() => undefined);
  if (kept !== undefined) return JSON.parse(kept) as AcceleratorProbe;
  const probe: AcceleratorProbe = (await bootsOnKvm(qemu.binary, bzImage, signal))
    ? { accelerator: 'kvm', why: 'a guest kernel prints on KVM' }
    : {
        accelerator: 'tcg',
        why: `/dev/kvm opens, but no guest kernel printed a line on it in ${probeMs} ms`,
      };
  if (signal.aborted) return probe;
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify(probe) + '\n');
  return probe;
}

/**
 * For what only TCG can do: QEMU's plugins see what it translates.
 * @param option of the command line that wants it
 * @throws HarnessError(scenario) when KVM is asked for
 */
export function onlyTcg(choice: AcceleratorChoice, option: string): AcceleratorProbe {
  if (choice !== 'kvm') return { accelerator: 'tcg', why: `${option} needs it` };
  throw new HarnessError('scenario', `${option} does not work with --accel kvm: QEMU sees no instruction`, {
    remedy: 'leave out one of them',
  });
}

/** The kept answer, for plans and doctor, which boot nothing. */
export async function knownAccelerator(qemu: HostFacts['qemu']): Promise<AcceleratorProbe | undefined> {
  const kept = await readFile(probeFile(qemu), 'utf8').catch(() => undefined);
  return kept === undefined ? undefined : (JSON.parse(kept) as AcceleratorProbe);
}

function probeFile({ binary, version }: HostFacts['qemu']): string {
  const id = contentId([binary, version, os.release(), os.version()]);
  return path.join(cacheDir(), 'probes', `accelerator-${id}.json`);
}

async function bootsOnKvm(binary: string, bzImage: string, signal: AbortSignal): Promise<boolean> {
  const argv = [
    ...['-nodefaults', '-no-user-config', '-machine', 'q35', '-accel', 'kvm', '-cpu', 'host', '-m', '256M'],
    ...['-display', 'none', '-no-reboot', '-serial', 'stdio', '-kernel', bzImage],
    ...['-append', 'console=ttyS0 earlyprintk=serial panic=-1'],
  ];
  const guest = execa(binary, argv, {
    stdin: 'ignore',
    reject: false,
    timeout: probeMs,
    cancelSignal: signal,
  });
  return new Promise((resolve) => {
    guest.stdout.on('data', (text: Buffer) => {
      if (!/Linux version/.test(text.toString('latin1'))) return;
      resolve(true);
      guest.kill('SIGKILL');
    });
    void guest.then(() => resolve(false));
  });
}
