import t from 'tap';
import { readKinds, readPercent, readSeed, readTime } from './bench-options.js';

t.test('what the options of bench take', (t) => {
  t.same(readKinds('wall, exact'), ['exact', 'wall'], 'in the order of the reports');
  t.same(['1%', '0.5 %', '20'].map(readPercent), [0.01, 0.005, 0.2]);
  t.same(['90s', '10m', '1h'].map(readTime), [90, 600, 3600]);
  t.equal(readSeed('7'), 7);
  t.end();
});

t.test('and what they do not, with what they want', (t) => {
  for (const wrong of ['', 'clock', 'exact,', 'exact,exact,x'])
    t.throws(() => readKinds(wrong), { message: 'want one or more of exact, count, wall.' });
  for (const wrong of ['0%', '101%', '-1', 'x'])
    t.throws(() => readPercent(wrong), { message: 'want a percentage, such as 1% or 0.5%.' });
  for (const wrong of ['0s', '10', '1d', '-5m'])
    t.throws(() => readTime(wrong), { message: 'want a time, such as 90s, 10m or 1h.' });
  for (const wrong of ['1.5', '-1', '']) t.throws(() => readSeed(wrong), { message: 'want a whole number.' });
  t.end();
});
