import { readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { Timeline } from './timeline.js';

const linesOf = (file: string) =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

t.test('a guest that prints without end fills no disk, and steps are kept', async (t) => {
  const file = path.join(t.testdir(), 'timeline.jsonl');
  const timeline = new Timeline(file, 'copy');
  for (let n = 0; n < 20_000; n++) timeline.line('host', 'x'.repeat(10_000));
  timeline.add({ type: 'phase', phase: 'step write' });
  await timeline[Symbol.asyncDispose]();
  const lines = linesOf(file);
  t.ok(readFileSync(file).length < 5 * 2 ** 20);
  t.match(lines[0], { schema: 'p2plab.timeline/1', title: 'copy' });
  t.equal((lines[1]!.text as string).length, 500);
  t.match(lines.at(-2), { type: 'phase', phase: 'step write' });
  t.match(lines.at(-1), { type: 'dropped', entries: 20_000 - (lines.length - 3) });
});
