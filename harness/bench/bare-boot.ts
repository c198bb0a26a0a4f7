import { execa } from 'execa';
import { mkdir, open, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Scope } from '../common/scope.js';
import { makeRunKeys } from '../guest/run-keys.js';
import type { MachinePlan } from '../plan/plan.js';
import { vmFiles } from '../plan/qemu-argv.js';
import { ConsoleWatch } from '../vm/console-watch.js';
import { diesWithUs } from '../vm/dies-with-us.js';

/** QEMU's command line as a person would start it. @returns ms from its start to the line on the console */
export async function bareBoot({ argv, files }: MachinePlan, dir: string, line: RegExp): Promise<number> {
  await mkdir(dir, { recursive: true });
  for (const { name, bytes } of files) {
    await using file = await open(path.join(dir, name), 'w');
    await file.truncate(bytes);
  }
  const keys = makeRunKeys();
  await writeFile(path.join(dir, vmFiles.hostKey), keys.hostPrivate, { mode: 0o600 });
  await writeFile(path.join(dir, vmFiles.authorizedKeys), keys.clientPublic, { mode: 0o600 });
  await using scope = new Scope();
  const began = performance.now();
  const [command, ...args] = diesWithUs(argv);
  const qemu = execa(command!, args, { cwd: dir, reject: false, stdin: 'ignore' });
  scope.defer('stop QEMU', async () => {
    qemu.kill('SIGKILL');
    await qemu;
  });
  const watch = scope.use('stop watching the console', new ConsoleWatch(path.join(dir, vmFiles.console)));
  const seen = watch.waitFor(line);
  watch.start();
  await Promise.race([seen, endOf(qemu, watch)]);
  return performance.now() - began;
}

/** A guest that stops at once may have printed the line before. */
async function endOf(qemu: PromiseLike<{ stderr?: unknown }>, watch: ConsoleWatch): Promise<never> {
  const { stderr } = await qemu;
  await watch.catchUp();
  await new Promise(setImmediate);
  throw new Error(`QEMU ended before the guest printed what was waited for: ${String(stderr)}`);
}

const printed = 'p2plab-bench: up';
export const busyboxIsUp = new RegExp(printed);

/** The same machine with an init in RAM that prints a line and stops. */
export function withBusybox(machine: MachinePlan, initramfs: string): MachinePlan {
  const { argv } = machine;
  const append = argv.indexOf('-append') + 1;
  const commandLine = argv[append]!.replace(/root=.* init=\S+/, 'rdinit=/init');
  return { ...machine, argv: [...argv.with(append, commandLine), '-initrd', initramfs] };
}

/**
 * An initramfs of Debian's busybox-static, fetched with apt, and a script.
 * @returns its path
 */
export async function busyboxInitramfs(dir: string): Promise<string> {
  const root = path.join(dir, 'root');
  await mkdir(root, { recursive: true });
  await execa('apt-get', ['download', 'busybox-static'], { cwd: dir });
  const [deb] = (await readdir(dir)).filter((name) => name.endsWith('.deb'));
  await execa('dpkg-deb', ['-x', deb!, root], { cwd: dir });
  const init = `#!/bin/busybox sh\n/bin/busybox echo '${printed}'\n/bin/busybox poweroff -f\n`;
  await writeFile(path.join(root, 'init'), init, { mode: 0o755 });
  const file = path.join(dir, 'initramfs.cpio');
  const names = 'bin\nbin/busybox\ninit\n';
  await execa('cpio', ['-o', '-H', 'newc', '-O', file], { cwd: root, input: names });
  return file;
}
