import pc from 'picocolors';
import t from 'tap';
import { consoleReporter } from './console-reporter.js';
import type { RunEvent } from './reporter.js';
import { failed, header, result, skipped } from './sample.test.support.js';

function written(events: RunEvent[]): string {
  let text = '';
  const reporter = consoleReporter((part) => (text += part), pc.createColors(false));
  for (const event of events) void reporter.on(event);
  return text;
}
const dir = '/runs/1';

t.test('a small run', async (t) => {
  const results = [result(), failed, skipped];
  const text = written([
    { type: 'preparing', subject: 'kernel', what: 'compiling', done: 7, total: 9 },
    { type: 'prepared', subject: 'kernel', what: 'p2pmem-6.12 6.12.95-p2plab, cached' },
    { type: 'prepared', subject: 'image', what: 'base, cached' },
    { type: 'started', dir, count: 3, run: header },
    { type: 'phase', title: 'copy [provider=shm0]', phase: 'boot host' },
    { type: 'finished', title: 'copy [provider=shm0]', result: result() },
    { type: 'finished', title: 'copy [provider=nvme0]', result: failed },
    { type: 'finished', title: 'nvmeof', result: skipped },
    { type: 'ended', dir, state: 'finished', results },
  ]);
  t.equal(
    text,
    `kernel: p2pmem-6.12 6.12.95-p2plab, cached
image: base, cached
3 scenario variants on p2pmem-6.12 (tcg), results in /runs/1
1/3 pass copy [provider=shm0] (12.3 s)
2/3 fail copy [provider=nvme0] (12.3 s)
    0 % of nvme1's data went through nvme0's BAR in step write: ram 8192 B
3/3 skip nvmeof
    kernel k is built without CONFIG_NVME_RDMA

      scenario  variant         time    data went  throughput
pass  copy      provider=shm0   12.3 s
fail  copy      provider=nvme0  12.3 s
skip  nvmeof

1 pass, 1 fail, 1 skip
run folder: /runs/1
`,
  );
});

t.test('a run that was interrupted before anything ran', async (t) => {
  t.equal(
    written([{ type: 'ended', dir, state: 'interrupted', results: [] }]),
    '\nnothing ran (interrupted before the end)\nrun folder: /runs/1\n',
  );
});

t.test('of many reasons the first five are shown', async (t) => {
  const reasons = Array.from({ length: 8 }, (_, n) => `reason ${n}`);
  const text = written([{ type: 'finished', title: 'copy', result: result({ outcome: 'fail', reasons }) }]);
  t.match(text, /    reason 4\n    and 3 more in run.json\n$/);
});

t.test('control characters of a guest are shown, not obeyed', async (t) => {
  const reasons = ['\u001b]0;title\u0007'];
  const text = written([{ type: 'finished', title: 'copy', result: result({ reasons }) }]);
  t.match(text, '    \\x1b]0;title\\x07\n');
});
