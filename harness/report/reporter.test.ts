import t from 'tap';
import { fanOut, type Reporter, type RunEvent } from './reporter.js';
import { result } from './sample.test.support.js';

const phase = (text: string): RunEvent => ({ type: 'phase', title: 'copy', phase: text });
const seen = (name: string, into: string[]): Reporter => ({
  name,
  on: (event) => void into.push(`${name} ${event.type === 'phase' ? event.phase : event.type}`),
});

t.test('a reporter that throws is told of once and left out, the others go on', async (t) => {
  const [heard, complaints]: [string[], string[]] = [[], []];
  const broken: Reporter = {
    name: 'junit',
    on: () => {
      throw new Error('no space left on device');
    },
  };
  const all = fanOut([seen('a', heard), broken, seen('b', heard)], (line) => complaints.push(line));
  await all.on(phase('boot'));
  await all.on(phase('step'));
  t.same(heard, ['a boot', 'b boot', 'a step', 'b step']);
  t.same(complaints, ['reporter junit failed and is left out: no space left on device']);
});

t.test('a reporter whose promise is rejected is left out as well', async (t) => {
  const complaints: string[] = [];
  const broken: Reporter = { name: 'x', on: () => Promise.reject(new Error('no')) };
  const all = fanOut([broken], (line) => complaints.push(line));
  await Promise.all([all.on(phase('boot')), all.on(phase('step'))]);
  t.same(complaints, ['reporter x failed and is left out: no']);
});

t.test('events come one after the other, in order, although nobody waits for them', async (t) => {
  const heard: string[] = [];
  const slow: Reporter = {
    name: 'slow',
    async on(event) {
      heard.push(`begin ${event.type}`);
      await new Promise((done) => setImmediate(done));
      heard.push(`end ${event.type}`);
    },
  };
  const all = fanOut([slow], () => {});
  void all.on(phase('boot'));
  void all.on({ type: 'finished', title: 'copy', result: result() });
  await all.on({ type: 'ended', dir: '/runs/1', state: 'finished', results: [] });
  t.same(heard, ['begin phase', 'end phase', 'begin finished', 'end finished', 'begin ended', 'end ended']);
});

t.test('a reporter that is added hears what comes after it', async (t) => {
  const heard: string[] = [];
  const all = fanOut([], () => {});
  await all.on(phase('boot'));
  all.add(seen('late', heard));
  await all.on(phase('step'));
  t.same(heard, ['late step']);
});
