import type { TimelineEntry } from '../evidence/timeline.js';
import type { RecordedTimeline } from './timeline-text.js';

/** An event of the Trace Event Format (chrome://tracing, Perfetto); times in microseconds. */
type TraceEvent = {
  name: string;
  ph: 'M' | 'X' | 'i' | 'C';
  pid: number;
  tid: number;
  ts?: number;
  dur?: number;
  s?: 't';
  args?: Record<string, unknown>;
};

const threads = { steps: 1, console: 2, qemu: 3 };

/**
 * A process for the phases and one for each machine, which has steps, console and QEMU's events on lines of their own
 * and a counter of the bytes in each region.
 */
export function timelineChrome({ header, entries }: RecordedTimeline): {
  traceEvents: TraceEvent[];
  otherData: object;
} {
  const machines = [...new Set(entries.flatMap((entry) => ('machine' in entry ? [entry.machine] : [])))];
  const pidOf = (machine: string) => machines.indexOf(machine) + 2;
  const names: TraceEvent[] = [
    meta('process_name', 1, 0, header.title),
    ...machines.flatMap((machine) => [
      meta('process_name', pidOf(machine), 0, machine),
      ...Object.entries(threads).map(([name, tid]) => meta('thread_name', pidOf(machine), tid, name)),
    ]),
  ];
  const phases = entries.filter((entry) => entry.type === 'phase');
  const last = entries.at(-1)?.atMs ?? 0;
  const spans = phases.map(({ phase, atMs }, n): TraceEvent => ({
    ...{ name: phase, ph: 'X', pid: 1, tid: 1, ts: us(atMs) },
    dur: us((phases[n + 1]?.atMs ?? last) - atMs),
  }));
  return {
    traceEvents: [...names, ...spans, ...entries.flatMap((entry) => eventsOf(entry, pidOf))],
    otherData: { startedAt: header.startedAt },
  };
}

function eventsOf(entry: TimelineEntry, pidOf: (machine: string) => number): TraceEvent[] {
  const ts = us(entry.atMs);
  if (entry.type === 'console')
    return [
      { name: entry.text || ' ', ph: 'i', s: 't', pid: pidOf(entry.machine), tid: threads.console, ts },
    ];
  if (entry.type === 'qmp') {
    const at = { pid: pidOf(entry.machine), tid: threads.qemu, ts };
    return [{ name: entry.event, ph: 'i', s: 't', ...at, args: { data: entry.data } }];
  }
  if (entry.type === 'step') {
    const { step: name, ms, succeeded, bytesByRegion } = entry;
    const pid = pidOf(entry.machine);
    const dur = us(ms);
    return [
      {
        name,
        ph: 'X',
        pid,
        tid: threads.steps,
        ts: Math.max(0, ts - dur),
        dur,
        args: { succeeded, ...bytesByRegion },
      },
      ...(Object.keys(bytesByRegion).length > 0
        ? [{ name: 'bytes by region', ph: 'C' as const, pid, tid: 0, ts, args: bytesByRegion }]
        : []),
    ];
  }
  return [];
}

const meta = (name: string, pid: number, tid: number, value: string): TraceEvent => ({
  ...{ name, ph: 'M', pid, tid, args: { name: value } },
});

const us = (ms: number) => Math.round(ms * 1000);
