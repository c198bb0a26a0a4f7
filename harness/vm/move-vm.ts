import { appendFile, chmod, link, mkdir, open, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { HarnessError } from '../common/errors.js';
import type { MachinePlan } from '../plan/plan.js';
import { vmFiles } from '../plan/qemu-argv.js';
import { pasteableCommand } from './pasteable-command.js';
import type { Vm } from './start-vm.js';

/** QEMU's own name for the one that `-serial` makes. */
const consoleChardev = 'serial0';

export type NewFolder = {
  dir: string;
  /** What is on the old console from this byte on is of the new folder already. */
  consoleFrom: number;
};

/**
 * Has a machine whose guest is at rest tell everything into another folder, as if it had been started there: console
 * and DMA trace begin anew (QMP chardev-change, HMP logfile), disks and BARs go along, and the disks are empty again.
 * QEMU's own log is one file in both folders.
 * @param plan the same machine as it is planned for that folder
 * @throws HarnessError(host) when QEMU or the file system refuses
 */
export async function moveVm(
  vm: Vm,
  plan: MachinePlan,
  { dir, consoleFrom }: NewFolder,
  signal: AbortSignal,
): Promise<void> {
  const told = vm.console.file;
  const from = path.dirname(told);
  await mkdir(dir, { recursive: true });
  for (const name of plan.scratch) await rename(path.join(from, name), path.join(dir, name));
  for (const { name, bytes } of plan.files) await empty(path.join(dir, name), bytes);
  await link(path.join(from, vmFiles.qemuLog), path.join(dir, vmFiles.qemuLog));
  const script = path.join(dir, 'qemu.sh');
  await writeFile(script, pasteableCommand(plan.argv));
  await chmod(script, 0o755);

  // relative, as in the command line: no name of a folder of the user's is in it
  const seenByQemu = (name: string) => path.join(path.relative(vm.dir, dir), name);
  if (plan.argv.includes('-D')) {
    const said = await vm.qmp.human(`logfile ${seenByQemu(vmFiles.dmaTrace)}`, signal);
    if (said.trim() !== '') throw notMoved(plan.name, said.trim(), path.join(dir, vmFiles.qemuLog));
  }
  const backend = { type: 'file', data: { out: seenByQemu(vmFiles.console), append: true } };
  await vm.qmp.execute('chardev-change', { id: consoleChardev, backend }, signal);
  const console = path.join(dir, vmFiles.console);
  await vm.console.follow(console);
  await appendFile(console, (await readFile(told)).subarray(consoleFrom));
}

async function empty(file: string, bytes: number): Promise<void> {
  await using handle = await open(file, 'r+');
  await handle.truncate(0);
  await handle.truncate(bytes);
}

const notMoved = (machine: string, said: string, evidence: string) =>
  new HarnessError('host', `QEMU of ${machine} does not write its trace elsewhere: ${said}`, {
    remedy: 'give each variant a boot of its own with --fresh-boots',
    evidence,
  });
