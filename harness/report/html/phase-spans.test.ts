import t from 'tap';
import type { TimedEvent } from '../load-run.js';
import { result } from '../sample.test.support.js';
import { phaseSpans, spansOfResult } from './phase-spans.js';

const at = (seconds: number) => new Date(seconds * 1000).toISOString();
const phase = (seconds: number, name: string, title = 'copy [provider=shm0]'): TimedEvent => {
  return { at: at(seconds), type: 'phase', title, phase: name };
};
const one = result({ scenario: 'copy', variant: { provider: 'shm0' } });

t.test('a phase lasts until the next of its result, whatever runs beside it', async (t) => {
  const events: TimedEvent[] = [
    phase(10, 'boot host'),
    phase(11, 'boot host', 'other'),
    phase(12, 'step write'),
    phase(15, 'step control-write'),
    { at: at(16), type: 'finished', title: 'copy [provider=shm0]', result: one },
  ];
  t.same(phaseSpans(events).get('copy [provider=shm0]'), [
    { name: 'boot host', kind: 'boot', from: 0, to: 2000 },
    { name: 'write', kind: 'step', from: 2000, to: 5000 },
    { name: 'control-write', kind: 'control', from: 5000, to: 6000 },
  ]);
});

t.test('the phase in which a run was killed has no end, and is left out', async (t) => {
  t.same(phaseSpans([phase(1, 'boot host'), phase(3, 'step write')]).get('copy [provider=shm0]'), [
    { name: 'boot host', kind: 'boot', from: 0, to: 2000 },
  ]);
});

t.test('an event without a time is left out', async (t) => {
  t.same([...phaseSpans([{ ...phase(1, 'boot host'), at: 'soon' }])], []);
});

t.test('without events the steps are behind the boot, one after the other', async (t) => {
  const step = { kind: 'fio', machine: 'host', dipBytes: {}, bytesByRegion: {}, transfers: [] };
  const steps = [
    { ...step, name: 'write', ms: 30 },
    { ...step, name: 'read', ms: 5 },
  ];
  const spans = spansOfResult({ phases: { sshMs: 100 }, evidence: { ...one.evidence, steps } });
  t.same(
    spans.map(({ name, from, to }) => [name, from, to]),
    [
      ['boot', 0, 100],
      ['write', 100, 130],
      ['read', 130, 135],
    ],
  );
});
