import t from 'tap';
import { HarnessError } from '../common/errors.js';
import { errorText } from './error-text.js';

t.test('what is quoted in a message moves no cursor, and its lines stay lines', async (t) => {
  const error = new HarnessError('harness', 'init failed: \x1b]0;x\x07\x9b2J\u202e\nand more', {
    remedy: 'look',
  });
  t.equal(errorText(error), 'init failed: \\x1b]0;x\\x07\\x9b2J\\u202e\nand more\n  next: look\n');
});
