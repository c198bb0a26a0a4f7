import t from 'tap';
import { gdbText } from './gdb-text.js';

const debugged = { machines: ['target'], dir: '/r/results/x', vmlinux: '/k/vmlinux', gdbScripts: undefined };

t.test('a kernel of which all is in vmlinux', async (t) => {
  t.equal(
    gdbText(debugged),
    `target is stopped before its first instruction; in another terminal:
  cd /r/results/x/target && gdb /k/vmlinux -ex 'target remote gdb.sock'
  (gdb) hbreak pci_p2pdma_add_resource
  (gdb) continue
  all of this kernel is in vmlinux: without modules there is no need of lx-symbols
`,
  );
});

t.test('a build that has the commands of the kernel for gdb', async (t) => {
  t.match(
    gdbText({ ...debugged, gdbScripts: '/k/vmlinux-gdb.py' }),
    "gdb -iex 'add-auto-load-safe-path /k' /k/vmlinux -ex 'target remote gdb.sock' -ex 'source /k/vmlinux-gdb.py' -ex lx-symbols\n",
  );
});

t.test('a kernel with modules', async (t) => {
  const modules = '/k/modules';
  t.match(
    gdbText({ ...debugged, modules }),
    /\n  modules are apart, below \/k\/modules: add-symbol-file FILE\.ko ADDRESS, which the guest has in \/sys\/module\/NAME\/sections\/\.text\n$/,
  );
  t.match(
    gdbText({ ...debugged, modules, gdbScripts: '/k/vmlinux-gdb.py' }),
    "-ex 'lx-symbols /k/modules'\n",
  );
});
