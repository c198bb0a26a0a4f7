import t from 'tap';
import { plainProgress } from './plain-progress.js';

t.test('a stage is told once, however often it counts', (t) => {
  const lines: string[] = [];
  const reporter = plainProgress((text) => lines.push(text));
  const preparing = { type: 'preparing' as const, subject: 'kernel' };
  reporter.on({ ...preparing, what: 'configuring' });
  for (let done = 1; done <= 3; done++) reporter.on({ ...preparing, what: 'compiling', done, total: 3 });
  reporter.on({ ...preparing, subject: 'image', what: 'compiling' });
  t.strictSame(lines, ['kernel: configuring\n', 'kernel: compiling\n', 'image: compiling\n']);
  t.end();
});
