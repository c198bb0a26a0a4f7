import path from 'node:path';
import { gdbSocket } from '../plan/with-gdb.js';
import { shellQuote } from '../vm/pasteable-command.js';

export type Debugged = {
  machines: readonly string[];
  /** The result's folder. */
  dir: string;
  vmlinux: string | undefined;
  /** The kernel's own commands for gdb (lx-symbols), where its build has them. */
  gdbScripts: string | undefined;
  /** The folder below which its modules are, where it has any. */
  modules?: string;
};

/**
 * What to paste into another terminal, for each machine. Hardware breakpoints, since before the boot nothing is where
 * a software breakpoint would be written.
 */
export function gdbText({ machines, dir, vmlinux, gdbScripts, modules }: Debugged): string {
  return machines
    .map((machine) => {
      const argv = [
        'gdb',
        ...(gdbScripts ? ['-iex', `add-auto-load-safe-path ${path.dirname(gdbScripts)}`] : []),
        ...(vmlinux ? [vmlinux] : []),
        ...['-ex', `target remote ${gdbSocket}`],
        ...(gdbScripts
          ? ['-ex', `source ${gdbScripts}`, '-ex', ['lx-symbols', ...(modules ? [modules] : [])].join(' ')]
          : []),
      ];
      return [
        `${machine} is stopped before its first instruction; in another terminal:`,
        `  cd ${shellQuote(path.join(dir, machine))} && ${argv.map(shellQuote).join(' ')}`,
        `  (gdb) hbreak pci_p2pdma_add_resource`,
        `  (gdb) continue`,
        ...(vmlinux ? [] : ['  the kernel came without vmlinux: gdb knows no functions']),
        ...(gdbScripts || !vmlinux ? [] : [modules ? modulesText(modules) : allInVmlinux]),
        '',
      ].join('\n');
    })
    .join('');
}

const allInVmlinux = '  all of this kernel is in vmlinux: without modules there is no need of lx-symbols';

const modulesText = (modules: string): string =>
  `  modules are apart, below ${modules}: add-symbol-file FILE.ko ADDRESS, which the guest has in /sys/module/NAME/sections/.text`;
