import t from 'tap';
import { timelineChrome } from './timeline-chrome.js';
import { readTimeline, timelineText } from './timeline-text.js';

const lines = [
  { schema: 'p2plab.timeline/1', title: 'copy [provider=shm0]', startedAt: '2026-11-27T00:00:00.000Z' },
  { atMs: 0, type: 'phase', phase: 'boot host' },
  { atMs: 1500.25, type: 'console', machine: 'host', text: '[    0.000000] Linux\u001b[2J' },
  { atMs: 2000, type: 'phase', phase: 'step write' },
  { atMs: 2500, type: 'qmp', machine: 'host', event: 'DEVICE_DELETED', data: { device: 'shm0' } },
  {
    ...{ atMs: 3000, type: 'step', machine: 'host', step: 'write', ms: 900, succeeded: true },
    bytesByRegion: { shm0: 4096 },
  },
];
const timeline = readTimeline(lines.map((line) => JSON.stringify(line)).join('\n'));

t.test('as text', async (t) => {
  t.equal(
    timelineText(timeline),
    `copy [provider=shm0]: seconds from 2026-11-27T00:00:00.000Z, on the host's monotonic clock
    0.000  p2plab          ---- boot host
    1.500  host            [    0.000000] Linux\\x1b[2J
    2.000  p2plab          ---- step write
    2.500  host qemu       DEVICE_DELETED {"device":"shm0"}
    3.000  p2plab          step write on host ended after 900 ms; ledger: shm0 4096 B
`,
  );
});

t.test('as a trace: a phase lasts until the next, a step ends when it was recorded', async (t) => {
  const { traceEvents } = timelineChrome(timeline);
  t.match(
    traceEvents.filter(({ ph }) => ph === 'X'),
    [
      { name: 'boot host', pid: 1, ts: 0, dur: 2_000_000 },
      { name: 'step write', pid: 1, ts: 2_000_000, dur: 1_000_000 },
      { name: 'write', pid: 2, tid: 1, ts: 2_100_000, dur: 900_000, args: { succeeded: true, shm0: 4096 } },
    ],
  );
  t.match(
    traceEvents.filter(({ ph }) => ph === 'i'),
    [
      { name: '[    0.000000] Linux\u001b[2J', tid: 2, ts: 1_500_250 },
      { name: 'DEVICE_DELETED', tid: 3, args: { data: { device: 'shm0' } } },
    ],
  );
  t.match(
    traceEvents.filter(({ ph }) => ph === 'C'),
    [{ name: 'bytes by region', ts: 3_000_000, args: { shm0: 4096 } }],
  );
});

t.test('another file', async (t) => {
  t.throws(() => readTimeline('{"schema":"p2plab.run/1"}'), { message: 'no p2plab.timeline/1' });
});
