import { access } from 'node:fs/promises';
import path from 'node:path';

/** vmlinux-gdb.py, which a kernel's build leaves beside vmlinux with GDB_SCRIPTS=y. */
export async function findGdbScripts(vmlinux: string | undefined): Promise<string | undefined> {
  if (vmlinux === undefined) return undefined;
  const file = path.join(path.dirname(vmlinux), 'vmlinux-gdb.py');
  return access(file).then(
    () => file,
    () => undefined,
  );
}
