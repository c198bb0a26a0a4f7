import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gdbSocket } from '../plan/with-gdb.js';
import { vmFiles } from '../plan/qemu-argv.js';
import type { Recording } from './record-step.js';
import { scenarioTitle } from '../scenario/scenario.js';
import { registerKeptVm } from '../vm/kept-vms.js';

const keyFile = 'ssh_key';

/** Leaves the machines running that still do, for `p2plab vms`. @returns whether there are any */
export async function keepMachines({ run, machines }: Recording): Promise<boolean> {
  const { scenario, plan } = run;
  for (const [name, { vm, keys }] of machines) {
    const { hostKey, authorizedKeys, qmpSocket } = vmFiles;
    const scratch = plan.machines.find((machine) => machine.name === name)!.scratch;
    await writeFile(path.join(vm.dir, keyFile), keys.clientPrivate, { mode: 0o600 });
    await registerKeptVm({
      id: randomBytes(3).toString('hex'),
      title: `${scenarioTitle(scenario.name, scenario.variant)} ${name}`,
      ...{ pid: vm.pid, dir: path.resolve(vm.dir), sshPort: vm.sshPort, key: keyFile },
      scratch: [...scratch, hostKey, authorizedKeys, qmpSocket, gdbSocket, keyFile],
    });
    vm.leaveRunning();
  }
  return machines.size > 0;
}
