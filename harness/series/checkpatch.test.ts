import t from 'tap';
import { readCheckpatch } from './checkpatch.js';

t.test('findings of checkpatch --terse --show-types', async (t) => {
  const output = `/tmp/0001-x.patch:20: ERROR:TRAILING_WHITESPACE: trailing whitespace
/tmp/0001-x.patch:31: CHECK:SPACING: No space is necessary after a cast
total: 1 errors, 0 warnings, 1 checks, 8 lines checked
`;
  t.same(readCheckpatch(output), [
    { level: 'ERROR', type: 'TRAILING_WHITESPACE', text: 'trailing whitespace (0001-x.patch:20)' },
    { level: 'CHECK', type: 'SPACING', text: 'No space is necessary after a cast (0001-x.patch:31)' },
  ]);
});

t.test('nothing found, nothing told', async (t) => {
  t.same(readCheckpatch('\n'), []);
});
