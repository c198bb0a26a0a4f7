import t from 'tap';
import { execa } from 'execa';
import { changedCounters, countersScript } from './aer-counters.js';

const before = [
  'counted correctable RxErr 2',
  'counted correctable BadTLP 0',
  'counted correctable TOTAL_ERR_COR 2',
  'counted nonfatal CmpltTO 1',
  'messages cor 7',
  'messages fatal 0',
].join('\n');
const after = (...changes: [string, string][]) =>
  changes.reduce((text, [from, to]) => text.replace(from, to), before);

t.test('counters that went up are told by kind and name, and the messages at the root port', async (t) => {
  const text = after(
    ['RxErr 2', 'RxErr 5'],
    ['BadTLP 0', 'BadTLP 1'],
    ['COR 2', 'COR 6'],
    ['cor 7', 'cor 11'],
  );
  t.strictSame(changedCounters(before, text), [
    { name: 'counted', value: 'correctable RxErr 3, correctable BadTLP 1' },
    { name: 'messages', value: 'correctable 4' },
  ]);
});

t.test('a total that is not the sum is told', async (t) => {
  const text = after(['RxErr 2', 'RxErr 3'], ['COR 2', 'COR 4']);
  t.match(changedCounters(before, text), [{ value: 'correctable RxErr 1, but 2 in total' }]);
  t.match(changedCounters(before, after(['COR 2', 'COR 3'])), [{ value: 'nothing, but 1 in total' }]);
});

t.test('where nothing went up it says so, also of what it cannot read', async (t) => {
  const nothing = [{ value: 'nothing' }, { value: 'nothing' }];
  t.match(changedCounters(before, before), nothing);
  t.match(changedCounters(before, 'counted x\nmessages cor\n'), nothing);
});

t.test('the script is one that a shell takes', async (t) => {
  t.equal((await execa('sh', ['-n'], { input: countersScript('0000:00:04.0') })).exitCode, 0);
});
