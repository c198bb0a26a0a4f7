import path from 'node:path';
import { HarnessError } from '../common/errors.js';
import { shellQuote } from '../vm/pasteable-command.js';
import { listKeptVms, stopKeptVm } from '../vm/kept-vms.js';
import type { AddCommand } from './command-options.js';
import { exitCodes } from './exit-code.js';
import type { Terminal } from './terminal.js';

export const addVms: AddCommand = (program, terminal, done) => {
  const vms = program
    .command('vms')
    .description('the VMs that `p2plab run --keep` left running')
    .addHelpText('after', '\nExample:\n  $ p2plab vms\n')
    .action(async () => done(await vmsCommand(terminal)));
  vms
    .command('stop')
    .description('stop them, and remove their disks and keys')
    .argument('[id...]', 'of `p2plab vms` (default: all)')
    .addHelpText('after', '\nExample:\n  $ p2plab vms stop\n')
    .action(async (ids: string[]) => done(await stopVms(ids, terminal)));
};

/** `p2plab vms`: each with the way in. */
export async function vmsCommand({ out }: Terminal): Promise<number> {
  const vms = await listKeptVms();
  if (vms.length === 0) out('no VM was left running\n');
  for (const { id, title, running, pid, dir, key, sshPort, startedAt } of vms) {
    const state = running === undefined ? elsewhere : running ? `runs (pid ${pid})` : 'ended by itself';
    out(`${id}  ${state}  ${title}  since ${startedAt}\n`);
    if (!running) continue;
    const options = '-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR';
    out(`  ssh -i ${shellQuote(path.join(dir, key))} -p ${sshPort} ${options} root@127.0.0.1\n`);
  }
  return exitCodes.passed;
}

const elsewhere = 'is of another host, boot or container';

/** `p2plab vms stop`. @throws HarnessError(scenario) for an id that nobody has, before anything is stopped */
export async function stopVms(ids: string[], { out }: Terminal): Promise<number> {
  const vms = await listKeptVms();
  const unknown = ids.filter((id) => !vms.some((vm) => vm.id === id));
  if (unknown.length > 0) {
    throw new HarnessError('scenario', `there is no VM ${unknown.join(', ')}`, {
      remedy: 'give ids that `p2plab vms` shows, or none for all',
    });
  }
  for (const vm of vms.filter(({ id }) => ids.length === 0 || ids.includes(id))) {
    if (vm.running === undefined && ids.length === 0) {
      out(`${vm.id} ${elsewhere}: stop it there, or name it here if it has ended, to remove its files\n`);
      continue;
    }
    await stopKeptVm(vm);
    out(`${vm.id} stopped: ${vm.title}\n`);
  }
  return exitCodes.passed;
}
