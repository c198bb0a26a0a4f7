import { execa } from 'execa';
import { HarnessError } from '../common/errors.js';
import { installCommand, neededPackages } from './packages.js';
import type { HostFacts } from '../plan/host-facts.js';

export const qemuBinary = 'qemu-system-x86_64';

/** Version and device models of the QEMU that $PATH finds. @throws HarnessError(host) when there is none */
export async function probeQemu(): Promise<HostFacts['qemu']> {
  const [version, help] = await Promise.all([
    execa(qemuBinary, ['--version'], { reject: false }),
    execa(qemuBinary, ['-device', 'help'], { reject: false }),
  ]);
  const number = /version (\d+(?:\.\d+)+)/.exec(version.stdout ?? '')?.[1];
  if (version.failed || help.failed || number === undefined) {
    throw new HarnessError('host', `${qemuBinary} does not run: ${version.shortMessage ?? version.stdout}`, {
      remedy: `run: ${await installCommand(neededPackages.qemu)}`,
    });
  }
  const devices = [...help.stdout.matchAll(/^name "([^"]+)"/gm)].map(([, name]) => name!);
  return { binary: qemuBinary, version: number, devices: new Set(devices) };
}
