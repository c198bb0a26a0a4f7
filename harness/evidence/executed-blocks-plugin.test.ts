import { execa } from 'execa';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { ensurePlugin } from '../host/ensure-plugin.js';
import { readPluginFile } from './executed-blocks.js';

process.env.XDG_CACHE_HOME = t.testdir();
const { signal } = new AbortController();

/** Does what QEMU does with a plugin: loads it, reads its version, and translates and enters some blocks. */
const host = `#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
struct tb { uint64_t address; size_t instructions; };
static void (*translated)(uint64_t, struct tb *);
static void (*entered)(unsigned, void *);
static void *data;
void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id, void (*cb)(uint64_t, struct tb *)) { translated = cb; }
void qemu_plugin_register_vcpu_tb_exec_cb(struct tb *tb, void (*cb)(unsigned, void *), int f, void *d) { entered = cb; data = d; }
#ifdef API_1
void qemu_plugin_register_vcpu_tb_exec_inline(void) {}
#endif
size_t qemu_plugin_tb_n_insns(struct tb *tb) { return tb->instructions; }
uint64_t qemu_plugin_tb_vaddr(struct tb *tb) { return tb->address; }
/* instructions of 4 bytes, the last of 2 */
void *qemu_plugin_tb_get_insn(struct tb *tb, size_t n) { return (void *)(tb->address + 4 * n); }
uint64_t qemu_plugin_insn_vaddr(void *insn) { return (uint64_t)insn; }
size_t qemu_plugin_insn_size(void *insn) { return 2; }
static void run(uint64_t address, size_t instructions, int times)
{
	struct tb tb = { address, instructions };
	data = NULL;
	translated(0, &tb);
	while (data && times--)
		entered(0, data);
}
int main(int argc, char **argv)
{
	void *plugin = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
	if (!plugin) { puts(dlerror()); return 1; }
	printf("version %d\\n", *(int *)dlsym(plugin, "qemu_plugin_version"));
	int (*install)(uint64_t, void *, int, char **) = dlsym(plugin, "qemu_plugin_install");
	if (install(0, NULL, argc - 2, argv + 2)) return 2;
	run(0x401000, 3, 9);
	run(0xffffffff81000000, 3, 2);
	run(0xffffffff81000000, 2, 1);
	run(0xffffffff81000000, 3, 5);
	run(0xffffffff81000100, 1, 0);
	fflush(stdout);
	abort();
}
`;

async function fakeQemu(dir: string, flags: string[]): Promise<string> {
  writeFileSync(path.join(dir, 'host.c'), host);
  await execa('gcc', ['-rdynamic', '-w', ...flags, '-o', 'host', 'host.c'], { cwd: dir });
  return path.join(dir, 'host');
}

for (const [version, flags] of [
  [1, ['-DAPI_1']],
  [2, []],
] as const)
  t.test(`on a QEMU of API ${version} that ends in a crash, what ran is in the file`, async (t) => {
    const dir = t.testdir();
    const out = path.join(dir, 'executed.blocks');
    const plugin = await ensurePlugin('executed-blocks', signal);
    const ended = await execa(await fakeQemu(dir, [...flags]), [plugin, `out=${out}`], {
      reject: false,
      cwd: dir,
    });
    t.equal(ended.signal, 'SIGABRT', ended.stderr);
    t.equal(ended.stdout, `version ${version}`);
    t.strictSame(await readPluginFile(out), {
      blocks: [
        { address: 0x8100_0000, bytes: 10, instructions: 3, runs: 7 },
        { address: 0x8100_0000, bytes: 6, instructions: 2, runs: 1 },
      ],
      dropped: 0,
    });
  });

t.test('a plugin that cannot write says so and is refused', async (t) => {
  const dir = t.testdir();
  const program = await fakeQemu(dir, ['-DAPI_1']);
  const plugin = await ensurePlugin('executed-blocks', signal);
  const nowhere = await execa(program, [plugin, 'out=/nowhere/x'], { reject: false });
  t.equal(nowhere.exitCode, 2);
  t.equal(nowhere.stderr, 'executed-blocks: cannot map /nowhere/x: No such file or directory');
  const wrong = await execa(program, [plugin, 'file=x'], { reject: false });
  t.equal(wrong.stderr, 'executed-blocks: want out=FILE');
});
