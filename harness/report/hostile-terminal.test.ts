import fc from 'fast-check';
import { PassThrough } from 'node:stream';
import pc from 'picocolors';
import t from 'tap';
import type { Grid } from '../series/grid.js';
import { consoleReporter } from './console-reporter.js';
import { gridText } from './grid-table.js';
import { hostileResult, hostileText, liveCharacter } from './hostile.test.support.js';
import { liveReporter } from './live-reporter.js';
import { plainProgress } from './plain-progress.js';
import type { RunEvent } from './reporter.js';
import type { Result } from './run-document.js';
import { header } from './sample.test.support.js';
import { timelineText } from './timeline-text.js';

const colors = pc.createColors(false);
const results = fc.array(hostileResult, { minLength: 1, maxLength: 3 });
const kernel = header.kernels[0]!;

/** A run of which everything that a guest, a scenario or a patch can say is hostile. */
const eventsOf = (list: Result[], text: string): RunEvent[] => {
  const run = { ...header, kernels: [kernel, { ...kernel, name: text, release: text }] };
  return [
    { type: 'preparing', subject: 'kernel', what: text },
    { type: 'prepared', subject: 'kernel', what: text },
    { type: 'started', dir: '/r', count: list.length, run },
    { type: 'phase', title: text, phase: text },
    ...list.map((result): RunEvent => ({ type: 'finished', title: text, result })),
    { type: 'ended', dir: '/r', state: 'finished', results: list },
  ];
};

t.test('nothing that a run says on a terminal is obeyed by it', async () => {
  await fc.assert(
    fc.asyncProperty(results, hostileText, async (list, text) => {
      let said = '';
      const write = (more: string) => void (said += more);
      for (const reporter of [consoleReporter(write, colors), plainProgress(write)])
        for (const event of eventsOf(list, text)) await reporter.on(event);
      return !liveCharacter.test(said);
    }),
    { numRuns: 100 },
  );
});

t.test('a series, its patches and their reasons are not obeyed either', async () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const cell = (outcome: 'pass' | 'fail' | 'warn' | 'flaky') => ({ outcome, reasons: [text] });
      const column = (name: string) => ({ name, subject: text, seconds: 1 });
      const grid = {
        columns: [column('base'), column(text)],
        rows: [
          { name: text, cells: [cell('pass'), cell('fail')] },
          { name: text, cells: [cell('fail'), cell('warn')] },
          { name: text, cells: [cell('pass'), cell('flaky')] },
        ],
      };
      return !liveCharacter.test(gridText(grid as unknown as Grid, colors));
    }),
  );
});

t.test('a timeline has one line for each entry, whatever consoles and events hold', async () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const lines = timelineText({
        header: { schema: 'p2plab.timeline/1', title: text, startedAt: '2026-11-27T00:00:00.000Z' },
        entries: [
          { atMs: 1, type: 'phase', phase: text },
          { atMs: 2, type: 'console', machine: text, text },
          { atMs: 3, type: 'qmp', machine: text, event: text, data: { id: text } },
          {
            atMs: 4,
            type: 'step',
            machine: text,
            step: text,
            ms: 1,
            succeeded: true,
            bytesByRegion: { [text]: 1 },
          },
        ],
      });
      return !liveCharacter.test(lines) && lines.split('\n').length === 6;
    }),
  );
});

t.test('live progress is drawn with what it says shown as its number', async (t) => {
  const out = Object.assign(new PassThrough(), { columns: 200, rows: 50, isTTY: true });
  let drawn = '';
  out.on('data', (data: Buffer) => (drawn += data.toString()));
  const live = liveReporter(out as unknown as NodeJS.WriteStream);
  t.teardown(() => live.stop());
  live.on({ type: 'phase', title: 'x\x1b]0;title\x07', phase: 'step \x9b2J' });
  const until = Date.now() + 60_000;
  while (!drawn.includes('step') && Date.now() < until) await new Promise((done) => setTimeout(done, 20));
  t.match(drawn, 'x\\x1b]0;title\\x07: step \\x9b2J');
  t.notMatch(drawn, '\x1b]0');
});
