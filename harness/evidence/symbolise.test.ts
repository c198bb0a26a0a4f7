import { readFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { KernelLogReader } from './kernel-log.js';
import { symbolise, type Symbols } from './symbolise.js';

const console = [
  '[    3.200000][    T7] BUG: kernel NULL pointer dereference, address: 0000000000000008',
  '[    3.200000][    T7] RIP: 0010:foo+0x10/0x20',
  '[    3.200000][    T7] Call Trace:',
  '[    3.200000][    T7]  <TASK>',
  '[    3.200000][    T7]  ? guess+0x1/0x2',
  '[    3.200000][    T7]  bar.isra.0+0x3/0x20',
  '[    3.200000][    T7]  baz+0x1/0x2 [mod]',
  '[    3.200000][    T7]  </TASK>',
  '[    3.200000][    T7] ---[ end trace 0000000000000000 ]---',
];

/** The kernel's script, as far as its output goes: `+0x1/0x2` becomes ` (file:line)`. */
const script = `sed -e 's/foo+.*/foo (include\\/linux\\/list.h:88 drivers\\/pci\\/p2pdma.c:212 (discriminator 3))/' \
  -e 's/bar.isra.0+.*/bar.isra.0 (..\\/tree\\/mm\\/slub.c:9)/' -e 's/baz+.*/baz (??:?) mod/' -e 's/guess+.*/guess (a.c:1)/'`;

async function symbolised(
  t: Test,
  symbols: Symbols | undefined,
  { lines = console, withinMs = 20_000, slow = false } = {},
) {
  const dir = t.testdir({ 'decode_stacktrace.sh': slow ? 'sleep 60' : script });
  const reader = new KernelLogReader();
  for (const line of lines) reader.take(line);
  reader.end();
  const splats = reader.findings.map((finding) => ({ finding, lines: reader.linesOf(finding) }));
  await symbolise(splats, symbols ?? { vmlinux: '/vmlinux', scripts: dir }, dir, withinMs);
  return {
    dir,
    findings: reader.findings,
    read: (name: string) => readFileSync(path.join(dir, name), 'utf8'),
  };
}

t.test('frames get file and line, in the source file rather than in a header', async (t) => {
  const { findings } = await symbolised(t, undefined);
  t.match(findings[0]?.frames, [
    {
      function: 'foo',
      where: 'drivers/pci/p2pdma.c:212',
      inlined: ['include/linux/list.h:88', 'drivers/pci/p2pdma.c:212'],
    },
    { function: 'bar', where: 'tree/mm/slub.c:9' },
    { function: 'baz', where: undefined, module: 'mod' },
  ]);
  t.equal(findings[0]?.where, 'drivers/pci/p2pdma.c:212');
  t.equal(findings[0]?.note, undefined);
});

t.test('the decoded trace lies beside the console log', async (t) => {
  const { findings, read } = await symbolised(t, undefined);
  t.equal(findings[0]?.file, 'oops-1.txt');
  t.match(read('oops-1.txt'), /^BUG: kernel NULL pointer dereference in foo\n\n[^]*foo \(include/);
});

t.test('without vmlinux frames keep their functions, and a note says why', async (t) => {
  const { findings, read } = await symbolised(t, {});
  t.equal(findings[0]?.frames.length, 3);
  t.equal(findings[0]?.note, 'no file and line: the kernel came without vmlinux');
  t.match(read('oops-1.txt'), /RIP: 0010:foo\+0x10\/0x20/);
});

t.test('a kernel without line tables is told from one with them', async (t) => {
  const lines = console.map((line) => line.replace('foo+', 'baz+').replace('bar.isra.0+', 'baz+'));
  const { findings } = await symbolised(t, undefined, { lines });
  t.equal(findings[0]?.note, 'no file and line: vmlinux has no line tables');
});

t.test('a line without a trace needs no file', async (t) => {
  const { findings } = await symbolised(t, undefined, { lines: ['nvme nvme0: Abort status: 0x0'] });
  t.equal(findings[0]?.file, undefined);
  t.equal(findings[0]?.note, undefined);
});

t.test('a script that takes too long is ended, and a note says so', async (t) => {
  const startedAt = performance.now();
  const { findings } = await symbolised(t, undefined, { slow: true, withinMs: 300 });
  t.ok(performance.now() - startedAt < 10_000);
  t.equal(findings[0]?.note, 'not every frame has file and line: decode_stacktrace.sh took too long');
});
