import t from 'tap';
import { asHarnessError, describeError, HarnessError } from './errors.js';

t.test('an error is what happened, where it shows, what to do', async (t) => {
  const error = new HarnessError('kernel', 'the kernel of host panicked: BUG', {
    remedy: 'read the trace in the console log',
    evidence: '/runs/1/console.log',
  });
  t.equal(
    describeError(error),
    `the kernel of host panicked: BUG
  evidence: /runs/1/console.log
  next: read the trace in the console log`,
  );
});

t.test('without evidence there is no such line', async (t) => {
  t.equal(
    describeError(new HarnessError('host', 'no QEMU', { remedy: 'install it' })),
    'no QEMU\n  next: install it',
  );
});

t.test('what is no HarnessError is a defect of the harness', async (t) => {
  const cause = new TypeError('x is undefined');
  t.match(asHarnessError(cause), { blame: 'harness', message: 'unexpected: x is undefined', cause });
  t.match(asHarnessError('thrown text'), { blame: 'harness', message: 'unexpected: thrown text' });
});

t.test('a HarnessError stays itself', async (t) => {
  const error = new HarnessError('scenario', 'wrong', { remedy: 'correct it' });
  t.equal(asHarnessError(error), error);
});

t.test('a disk that is full is the host’s trouble, wherever it was met', async (t) => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  t.match(asHarnessError(full), {
    blame: 'host',
    message: 'ENOSPC: no space left on device, write',
    remedy: 'free space on that disk, or name another with --out or XDG_CACHE_HOME',
  });
});
