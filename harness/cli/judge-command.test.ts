import { readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { markProcess } from '../host/process-mark.js';
import { header, skipped } from '../report/sample.test.support.js';
import { judgeCommand } from './judge-command.js';
import { plainTerminal } from './terminal.test.support.js';

t.test('of a run that was killed what had finished is judged, and run.json may be put right', async (t) => {
  const dir = t.testdir({
    'run.json': `${JSON.stringify({ ...header, results: [skipped] }, null, 2)}\n`,
    'owner.json': JSON.stringify({ ...markProcess(), startTicks: '1' }),
  });
  const file = path.join(dir, 'run.json');
  const { terminal, printed } = plainTerminal();
  t.equal(await judgeCommand(dir, { write: true }, terminal), 4);
  t.match(printed(), 'judged is what had finished (interrupted before the end)\n');
  t.match(printed(), `${file} says something else\n${file} written\n`);
  t.match(JSON.parse(readFileSync(file, 'utf8')), { state: 'interrupted' });
});
