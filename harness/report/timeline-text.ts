import { inertLine } from './inert-text.js';
import type { TimelineEntry, TimelineHeader } from '../evidence/timeline.js';

export type RecordedTimeline = { header: TimelineHeader; entries: TimelineEntry[] };

/** @throws Error when it is no timeline */
export function readTimeline(text: string): RecordedTimeline {
  const [header, ...entries] = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);
  if ((header as TimelineHeader | undefined)?.schema !== 'p2plab.timeline/1')
    throw new Error('no p2plab.timeline/1');
  return { header: header as TimelineHeader, entries: entries as TimelineEntry[] };
}

/** One line for each entry: seconds, who, what. */
export function timelineText({ header, entries }: RecordedTimeline): string {
  const lines = entries.map((entry) => {
    const [who, what] = describe(entry);
    return `${(entry.atMs / 1000).toFixed(3).padStart(9)}  ${inertLine(who).padEnd(14)}  ${inertLine(what.replaceAll('\t', '  '))}\n`;
  });
  return `${inertLine(header.title)}: seconds from ${header.startedAt}, on the host's monotonic clock\n${lines.join('')}`;
}

function describe(entry: TimelineEntry): [who: string, what: string] {
  switch (entry.type) {
    case 'phase':
      return ['p2plab', `---- ${entry.phase}`];
    case 'console':
      return [entry.machine, entry.text];
    case 'qmp':
      return [
        `${entry.machine} qemu`,
        `${entry.event} ${entry.data === undefined ? '' : JSON.stringify(entry.data)}`.trimEnd(),
      ];
    case 'step':
      return [
        'p2plab',
        `step ${entry.step} on ${entry.machine} ${entry.succeeded ? 'ended' : 'FAILED'} after ${entry.ms} ms${ledger(entry)}`,
      ];
    case 'dropped':
      return ['p2plab', `${entry.entries} lines of consoles and events are left out: too many`];
  }
}

function ledger({ bytesByRegion }: { bytesByRegion: Record<string, number> }): string {
  const parts = Object.entries(bytesByRegion).map(([region, bytes]) => `${region} ${bytes} B`);
  return parts.length > 0 ? `; ledger: ${parts.join(', ')}` : '';
}
