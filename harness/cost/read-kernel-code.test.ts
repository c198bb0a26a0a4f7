import { execa } from 'execa';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import type { CountedBlock } from '../evidence/executed-blocks.js';
import { BlockFolding } from './fold-blocks.js';
import { readKernelCode } from './kernel-code.js';

const { signal } = new AbortController();

const source = `volatile int total;
static inline __attribute__((always_inline)) void helper(int n)
{
	total += n;
	total ^= n;
}
__attribute__((noinline)) void submit(int n)
{
	total = 1;
	helper(n);
}
void start_kernel(void)
{
	submit(1);
}
`;

/** Linked like a kernel. */
async function vmlinux(dir: string, flags: string[]): Promise<string> {
  writeFileSync(path.join(dir, 'init/main.c'), source);
  const own = ['-O1', '-nostdlib', '-static', '-no-pie', '-fno-pie', '-mcmodel=kernel'];
  const linked = ['-Wl,-Ttext=0xffffffff81000000', '-Wl,-estart_kernel', ...flags];
  await execa('gcc', [...own, ...linked, '-o', 'vmlinux', 'init/main.c'], { cwd: dir });
  return path.join(dir, 'vmlinux');
}

t.test('a kernel of a real compiler: its instructions, and whose they are', async (t) => {
  const file = await vmlinux(t.testdir({ init: {} }), ['-g1']);
  const { symbols } = await readKernelCode(file, { blocks: [], busy: [] }, signal);
  const { start, end } = symbols.find(({ name }) => name === 'submit')!;
  const whole: CountedBlock = { address: start, bytes: end - start, instructions: 0, runs: 10 };
  const code = await readKernelCode(file, { blocks: [whole], busy: [whole] }, signal);
  const instructions = code.startsIn(start, end).length;
  t.ok(instructions > 5, `${instructions} instructions`);
  const [submit] = new BlockFolding(code).fold([{ ...whole, instructions }]).values();
  t.match(submit, { name: 'submit', file: 'init/main.c', instructions: 10 * instructions });
  const helper = submit!.inlined.get('helper')!;
  t.ok(helper > 0 && helper < 10 * instructions, `${helper} of ${10 * instructions} are inlined`);
});

t.test('a kernel without line table is refused', async (t) => {
  const file = await vmlinux(t.testdir({ init: {} }), ['-g0']);
  await t.rejects(readKernelCode(file, { blocks: [], busy: [] }, signal), {
    blame: 'scenario',
    message: `${file} has no line table`,
    remedy: 'build the kernel with make KCFLAGS=-g1, or with CONFIG_DEBUG_INFO',
  });
});
