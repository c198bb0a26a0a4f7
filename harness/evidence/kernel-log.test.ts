import t from 'tap';
import { KernelLogReader, readKernelLog } from './kernel-log.js';

function read(...lines: string[]) {
  const reader = new KernelLogReader();
  for (const line of lines) reader.take(line);
  reader.end();
  return reader;
}

/** A WARNING with its trace, each line printed by `caller`. */
const warning = (name: string, caller = '') =>
  [
    '------------[ cut here ]------------',
    `WARNING: CPU: 0 PID: 7 at drivers/pci/p2pdma.c:123 ${name}+0x10/0x20`,
    `RIP: 0010:${name}+0x10/0x20`,
    'Call Trace:',
    ' <TASK>',
    ` ? ${name}_guess+0x1/0x2`,
    ` ${name}_caller+0x1/0x2`,
    ' </TASK>',
    '---[ end trace 0000000000000000 ]---',
  ].map((text) => `[    3.200000]${caller} ${text}`);

t.test('a finding has its line, its text without time and thread, and the step it fell into', (t) => {
  const { findings } = read(
    '[    3.100000] p2plab: begin write',
    '[    3.200000][  T123] WARNING: CPU: 1 PID: 123 at drivers/pci/p2pdma.c:123 pci_p2pmem_free+0x10/0x20\r',
    '[    3.300000] p2plab: end write',
    '[    4.000000] list_del corruption. prev->next should be ffff888003a0, but was 0000',
  );
  t.match(findings, [
    {
      pattern: 'warning',
      title: 'WARNING in pci_p2pmem_free',
      text: 'WARNING: CPU: 1 PID: 123 at drivers/pci/p2pdma.c:123 pci_p2pmem_free+0x10/0x20',
      line: 2,
      step: 'write',
    },
    { pattern: 'list-corruption', title: 'list_del corruption', line: 4, step: undefined },
  ]);
  t.end();
});

t.test('level, thread, colours and control characters around the text are taken off', (t) => {
  const { findings } = read('\u001b[31m<4>[    3.200000][    C1] WARNING: over\u0007\u001b[0m\r');
  t.equal(findings[0]?.text, 'WARNING: over');
  t.end();
});

t.test('a line of the kernel begins where userland left its line without an end', (t) => {
  t.equal(read('half a line[    3.200000] WARNING: over').findings[0]?.text, 'WARNING: over');
  t.end();
});

t.test('frames are those of the trace, without guesses', (t) => {
  const [finding] = read(...warning('foo')).findings;
  t.strictSame(finding?.frames, [
    { function: 'foo', offset: 16, size: 32 },
    { function: 'foo_caller', offset: 1, size: 2 },
  ]);
  t.end();
});

t.test('splats of two processors, mixed line by line, are told apart by the caller', (t) => {
  const [a, b] = [warning('foo', '[    T7]'), warning('bar', '[    T8]')];
  const { findings } = read(...a.flatMap((line, n) => [line, b[n]!]));
  t.strictSame(
    findings.map(({ title, frames }) => [title, ...frames.map((frame) => frame.function)]),
    [
      ['WARNING in foo', 'foo', 'foo_caller'],
      ['WARNING in bar', 'bar', 'bar_caller'],
    ],
  );
  t.end();
});

t.test('without callers a mixed trace is still two findings, in order', (t) => {
  const [a, b] = [warning('foo'), warning('bar')];
  const { findings } = read(...a.flatMap((line, n) => [line, b[n]!]));
  t.strictSame(
    findings.map(({ title }) => title),
    ['WARNING in foo', 'WARNING in bar'],
  );
  t.end();
});

t.test('lines of others within a trace do not end it', (t) => {
  const lines = warning('foo');
  lines.splice(5, 0, '[    3.200000] nvme nvme0: 2/0/0 default/read/poll queues');
  const reader = read(...lines);
  t.equal(reader.findings[0]?.frames.length, 2);
  t.notOk(reader.linesOf(reader.findings[0]!).some((line) => line.startsWith('nvme')));
  t.end();
});

t.test('the same trouble has one fingerprint, at whatever address, time and step', (t) => {
  const moved = warning('foo').map((line) => line.replace('0x10/', '0x18/').replace('3.2', '9.9'));
  const { findings } = read(
    ...warning('foo'),
    '[    5.000000] p2plab: begin write',
    ...moved,
    ...warning('bar'),
  );
  const [first, second, other] = findings.map(({ fingerprint }) => fingerprint);
  t.equal(first, second);
  t.not(first, other);
  t.end();
});

t.test('a panic because of an oops is part of the oops', (t) => {
  const { findings } = read(
    'BUG: kernel NULL pointer dereference, address: 0000000000000008',
    'Oops: Oops: 0002 [#1] SMP',
    'RIP: 0010:foo+0x1/0x2',
    '---[ end trace 0000000000000000 ]---',
    'RIP: 0010:foo+0x1/0x2',
    'Kernel panic - not syncing: Fatal exception',
    'Kernel Offset: disabled',
    '---[ end Kernel panic - not syncing: Fatal exception ]---',
  );
  t.match(findings, [
    {
      pattern: 'oops',
      title: 'BUG: kernel NULL pointer dereference in foo',
      panic: 'Kernel panic - not syncing: Fatal exception',
    },
  ]);
  t.equal(findings.length, 1);
  t.end();
});

t.test('what a WARN() said is kept beside it', (t) => {
  const [cut, ...rest] = warning('foo');
  t.equal(read(cut!, '[    3.200000] pool is not empty', ...rest).findings[0]?.message, 'pool is not empty');
  t.end();
});

t.test('a log without end is counted, not kept, and hides no other trouble', (t) => {
  const reader = new KernelLogReader();
  for (let n = 0; n < 1000; n++) reader.take('WARNING: again');
  reader.take('BUG: kernel NULL pointer dereference, address: 0000000000000008');
  reader.end();
  t.equal(reader.findings.length, 21);
  t.equal(reader.findings.at(-1)?.pattern, 'oops');
  t.equal(reader.more, 980);
  t.strictSame(reader.uncounted, [{ pattern: 'warning', step: undefined, count: 980 }]);
  t.end();
});

t.test('a line without end is cut', async (t) => {
  const dir = t.testdir({ 'console.log': `BUG: ${'x'.repeat(1_000_000)}\nWARNING: over\n` });
  const { findings } = await readKernelLog(`${dir}/console.log`);
  t.equal(findings[0]?.text.length, 300);
  t.equal(findings[1]?.line, 2);
});

t.test('a console that was never written has no findings', async (t) => {
  const { findings, more } = await readKernelLog(`${t.testdir()}/console.log`);
  t.strictSame({ findings, more }, { findings: [], more: 0 });
});

const keepAlive = '[  299.859380][  T527] nvme nvme2: failed nvme_keep_alive_end_io error=4';
const removing = (name: string) =>
  `[  297.165015][  T527] nvme ${name}: Removing ctrl: NQN "nqn.2026-11.org.p2plab:p2plab"`;
const created =
  '[  298.306291][  T488] nvme nvme2: new ctrl: NQN "nqn.2026-11.org.p2plab:p2plab", addr 10.77.0.1:4420';

t.test('a keep-alive that ends because its controller is being removed is no trouble', (t) => {
  t.same(read(removing('nvme2'), keepAlive).findings, []);
  t.end();
});

for (const [what, lines] of Object.entries({
  'of a controller that stays': [keepAlive],
  'while another is being removed': [removing('nvme3'), keepAlive],
  'of a later controller of that name': [removing('nvme2'), created, keepAlive],
}))
  t.test(`a keep-alive that fails ${what} is a finding`, (t) => {
    t.match(read(...lines).findings, [{ pattern: 'nvme-reset', title: 'nvme: failed nvme_keep_alive' }]);
    t.end();
  });
