import t from 'tap';
import { describeError } from '../common/errors.js';
import type { Result } from '../report/run-document.js';
import { BootFailed } from './boot-failed.js';

const result = (outcome: Result['outcome'], reasons: string[]) =>
  ({ scenario: 's', variant: { provider: 'shm0' }, outcome, reasons }) as unknown as Result;

t.test('it says which side, which result and why, and is of whose fault the outcome is', (t) => {
  const failed = new BootFailed('head', '/b/runs/003-head', result('fail', ['an oops', 'more']));
  t.equal(
    describeError(failed),
    `head: s [provider=shm0] is fail: an oops
  evidence: /b/runs/003-head
  next: look at that run, and start again with the same --out: p2plab report /b/runs/003-head --format mail --out -`,
  );
  t.match(failed, { blame: 'kernel', outcome: 'fail' });
  t.match(new BootFailed('base', '/b', result('broken', ['no QEMU'])), {
    blame: 'harness',
    outcome: 'broken',
  });
  t.match(new BootFailed('base', '/b', result('skip', ['no RDMA'])), { outcome: 'skip' });
  t.match(new BootFailed('base', '/b', undefined), {
    message: 'base: the scenario is broken: it left no result',
  });
  t.end();
});
