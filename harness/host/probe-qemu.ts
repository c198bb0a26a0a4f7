import { execa } from 'execa';
import { HarnessError } from '../common/errors.js';
import type { HostFacts } from '../plan/host-facts.js';
import { fileMark, keptAnswer, programMark } from './kept-answer.js';
import { installCommand, neededPackages } from './packages.js';

export const qemuBinary = 'qemu-system-x86_64';

/** Device models may be in modules of their own. */
const moduleDir = '/usr/lib/x86_64-linux-gnu/qemu';

/**
 * Version and device models of the QEMU that $PATH finds, as it said when it was last asked.
 * @throws HarnessError(host) when there is none
 */
export async function knownQemu(): Promise<HostFacts['qemu']> {
  const { QEMU_MODULE_DIR: given = '' } = process.env;
  const modules = await Promise.all([moduleDir, given].map(fileMark));
  const marks = [await programMark(qemuBinary), ...modules.map((mark) => mark ?? 'no modules')];
  const ask = async () => {
    const { version, devices } = await probeQemu();
    return [version, ...(devices ?? [])].join('\n');
  };
  const [version, ...devices] = (await keptAnswer({ name: qemuBinary, marks, ask }))!.split('\n');
  return { binary: qemuBinary, version: version!, devices: new Set(devices) };
}

/** Asks it. @throws HarnessError(host) when there is none */
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
