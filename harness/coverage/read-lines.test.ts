import { execa } from 'execa';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { ExecutedCode } from './executed-code.js';
import { gapsOf, lineCoverage } from './line-coverage.js';
import { readSourceLines } from './read-lines.js';

const { signal } = new AbortController();

const source = `static inline int twice(int n)
{
	return n * 2 + 7;
}
__attribute__((noinline)) int early(int n)
{
	if (n > 5)
		return twice(n);
	return n / 3;
}
void _start(void)
{
	early(1);
}
`;

/** Linked like a kernel; compiled in folder `at`, as the user's own builds are, and as p2plab's. */
async function vmlinux(dir: string, flags: string[], main = 'init/main.c'): Promise<string> {
  writeFileSync(path.join(dir, 'init/main.c'), source);
  const own = [
    '-O2',
    '-nostdlib',
    '-static',
    '-no-pie',
    '-fno-pie',
    '-mcmodel=kernel',
    '-fcf-protection=none',
  ];
  const argv = [...own, '-Wl,-Ttext=0xffffffff81000000', ...flags, '-o', 'vmlinux', main];
  await execa('gcc', argv, { cwd: dir });
  return path.join(dir, 'vmlinux');
}

const startOf = async (file: string, symbol: string): Promise<number> => {
  const { stdout } = await execa('nm', [file]);
  return parseInt(new RegExp(`^[0-9a-f]{8}([0-9a-f]{8}) T ${symbol}$`, 'm').exec(stdout)![1]!, 16);
};

for (const build of ['relative', 'absolute'])
  t.test(`a compiler's own line table and inlined calls, with ${build} paths`, async (t) => {
    const dir = t.testdir({ init: {} });
    const main = build === 'relative' ? 'init/main.c' : path.join(dir, 'init/main.c');
    const file = await vmlinux(dir, ['-g1'], main);
    const wanted = (name: string) => name === 'init/main.c';
    const { rows, chains } = await readSourceLines(file, wanted, signal);
    const early = await startOf(file, 'early');
    const entered = new ExecutedCode([{ address: early, bytes: 1, runs: 5 }]);
    const [found] = lineCoverage(rows, chains, entered, wanted);
    t.ok(found!.lines.get(6) ?? found!.lines.get(7), 'the beginning of early() has code');
    t.match(found!.lines.get(3), { runs: 0, function: 'twice' });
    t.match(found!.lines.get(8), { runs: 0, function: 'early' });
    t.notOk(found!.lines.has(2), 'a brace has none');
    t.ok([...found!.lines].some(([line, { runs }]) => line >= 5 && line <= 7 && runs === 5));
    t.ok(gapsOf(found!).some((gap) => gap.function === 'early' && gap.to >= 9));
  });

t.test('a vmlinux without a line table is told', async (t) => {
  const file = await vmlinux(t.testdir({ init: {} }), ['-g0']);
  await t.rejects(
    readSourceLines(file, () => true, signal),
    {
      blame: 'scenario',
      message: `${file} has no line table`,
      remedy: 'build the kernel with make KCFLAGS=-g1, or with CONFIG_DEBUG_INFO',
    },
  );
});

t.test('what is no ELF file is told', async (t) => {
  const file = path.join(t.testdir({ vmlinux: 'text' }), 'vmlinux');
  await t.rejects(
    readSourceLines(file, () => true, signal),
    {
      blame: 'host',
      message: new RegExp(
        `^the line table of ${file} cannot be read: Command failed with exit code 1: readelf .*$`,
      ),
    },
  );
});
