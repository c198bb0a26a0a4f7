import { statfs } from 'node:fs/promises';
import path from 'node:path';
import { HarnessError } from '../common/errors.js';
import { cacheDir } from '../common/paths.js';
import { hostMemory } from '../host/host-memory.js';
import { installCommand, missingPackages } from '../host/packages.js';
import { knownAccelerator } from '../host/probe-accelerator.js';
import { probeQemu } from '../host/probe-qemu.js';
import { peaksText } from '../report/expected-memory.js';
import { readHistory } from '../report/history.js';
import { exitCodes } from './exit-code.js';
import type { Terminal } from './terminal.js';
import type { AddCommand } from './command-options.js';

type Finding = { ok: boolean; what: string; todo?: string };

/** A kernel tree with its objects, two kernels and an image take about this much. */
const neededDiskGiB = 10;
/** One VM of the smoke scenarios and a compiler. */
const neededMemoryGiB = 2;

/** `p2plab doctor`: what this machine lacks, each with what to do; exit 3 when a run cannot work. */
export async function doctorCommand({ out, colors }: Terminal): Promise<number> {
  const findings = [nodeVersion(), await packages(), await qemu(), await disk(), await memory()].flat();
  for (const { ok, what, todo } of findings) {
    out(`${ok ? colors.green('ok     ') : colors.red('missing')} ${what}\n`);
    if (todo) out(`        next: ${todo}\n`);
  }
  return findings.every(({ ok }) => ok) ? exitCodes.passed : exitCodes.broken;
}

function nodeVersion(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const ok = major > 20 || (major === 20 && minor >= 19);
  return { ok, what: `Node ${process.versions.node}`, todo: ok ? undefined : 'install Node 20.19 or newer' };
}

async function packages(): Promise<Finding> {
  const missing = await missingPackages();
  if (missing.length === 0) return { ok: true, what: 'Debian packages' };
  return { ok: false, what: `Debian packages: ${missing.join(' ')}`, todo: await installCommand(missing) };
}

async function qemu(): Promise<Finding[]> {
  try {
    const found = await probeQemu();
    const probe = await knownAccelerator(found);
    const accelerator = probe
      ? `${probe.accelerator}: ${probe.why}`
      : 'accelerator not probed yet: the first run boots a kernel on KVM to see';
    return [
      { ok: true, what: `QEMU ${found.version}` },
      { ok: true, what: accelerator },
    ];
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    return [{ ok: false, what: error.message, todo: error.remedy }];
  }
}

async function disk(): Promise<Finding> {
  const dir = cacheDir();
  const existing = await nearestExisting(dir);
  const { bavail, bsize } = await statfs(existing);
  const freeGiB = Math.floor((bavail * bsize) / 2 ** 30);
  const ok = freeGiB >= neededDiskGiB;
  const todo = ok ? undefined : `free ${neededDiskGiB} GiB there, or set XDG_CACHE_HOME to a larger disk`;
  return { ok, what: `${freeGiB} GiB free for ${dir}`, todo };
}

async function nearestExisting(dir: string): Promise<string> {
  return statfs(dir).then(
    () => dir,
    () => nearestExisting(path.dirname(dir)),
  );
}

async function memory(): Promise<Finding> {
  const freeGiB = Math.floor(hostMemory().free / 2 ** 30);
  const ok = freeGiB >= neededMemoryGiB;
  return {
    ok,
    what: `${freeGiB} GiB of memory free; ${peaksText(await readHistory())}`,
    todo: ok ? undefined : `end what uses it; a run needs ${neededMemoryGiB} GiB`,
  };
}

export const addDoctor: AddCommand = (program, terminal, done) => {
  program
    .command('doctor')
    .description('check this machine: packages, QEMU, accelerator, disk, memory')
    .addHelpText('after', '\nExample:\n  $ p2plab doctor\n')
    .action(async () => done(await doctorCommand(terminal)));
};
