import t from 'tap';
import { KernelLogReader, readKernelLog } from './kernel-log.js';

function findings(...lines: string[]) {
  const reader = new KernelLogReader();
  for (const line of lines) reader.take(line);
  return reader.findings;
}

t.test('lines of a healthy boot are no findings', (t) => {
  const healthy = [
    '[    0.000000] Linux version 6.12.117 (p2plab@p2plab) #1 SMP',
    '[    1.262626] nvme 0000:03:00.0: added peer-to-peer DMA memory 0xf8000000-0xf9ffffff',
    '[    0.312345] pcieport 0000:00:04.0: AER: enabled with IRQ 26',
    '[    0.412345] DMAR: Host address width 39',
    '[    2.000000] nvmet: using p2pmem on 0000:05:00.0 for nsid 1',
  ];
  t.strictSame(findings(...healthy), []);
  t.end();
});

t.test('a finding has its line, its text without time and thread, and the step it fell into', (t) => {
  const log = findings(
    '[    3.100000] p2plab: begin write',
    '[    3.200000][  T123] WARNING: CPU: 1 PID: 123 at drivers/pci/p2pdma.c:123 pci_p2pmem_free+0x10/0x20\r',
    '[    3.300000] p2plab: end write',
    '[    4.000000] list_del corruption. prev->next should be ffff888003a0, but was 0000',
  );
  t.strictSame(log, [
    {
      pattern: 'warning',
      text: 'WARNING: CPU: 1 PID: 123 at drivers/pci/p2pdma.c:123 pci_p2pmem_free+0x10/0x20',
      line: 2,
      step: 'write',
    },
    {
      pattern: 'list-corruption',
      text: 'list_del corruption. prev->next should be ffff888003a0, but was 0000',
      line: 4,
      step: undefined,
    },
  ]);
  t.end();
});

t.test('the most telling row names the line', (t) => {
  const names = findings(
    'BUG: KASAN: slab-use-after-free in p2pmem_release+0x20',
    'BUG: unable to handle page fault for address: ffffc90000a0',
    'BUG: sleeping function called from invalid context at mm/slub.c:1',
    'watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [fio:77]',
    'WARNING: possible circular locking dependency detected',
    'I/O error, dev nvme1n1, sector 0 op 0x0:(READ) flags 0x0',
    'INFO: task fio:77 blocked for more than 120 seconds.',
  ).map(({ pattern }) => pattern);
  t.strictSame(names, ['kasan', 'oops', 'atomic-sleep', 'soft-lockup', 'lockdep', 'io-error', 'hung-task']);
  t.end();
});

t.test('a log without end is counted, not kept', (t) => {
  const reader = new KernelLogReader();
  for (let n = 0; n < 1000; n++) reader.take('WARNING: again');
  t.equal(reader.findings.length, 100);
  t.equal(reader.more, 900);
  t.end();
});

t.test('a console that was never written has no findings', async (t) => {
  const { findings, more } = await readKernelLog(`${t.testdir()}/console.log`);
  t.strictSame({ findings, more }, { findings: [], more: 0 });
});
