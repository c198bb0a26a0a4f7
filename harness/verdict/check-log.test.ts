import t from 'tap';
import type { Evidence, StepEvidence } from '../evidence/evidence.js';
import type { LogFinding } from '../evidence/kernel-log.js';
import type { Expectation, LogMatch } from '../scenario/scenario.js';
import { withoutExpectedEnd } from './check-log-matches.js';
import { checkLog } from './check-log.js';

const warning: LogFinding = {
  pattern: 'warning',
  title: 'WARNING in foo',
  fingerprint: '0',
  text: 'WARNING: CPU: 0 PID: 1 at drivers/pci/p2pdma.c:212 foo+0x1/0x2',
  line: 345,
  step: 'write',
  frames: [],
};
const panic: LogFinding = {
  ...warning,
  pattern: 'oops',
  title: 'BUG: oh in foo',
  panic: 'Kernel panic - over',
};

type Given = {
  findings?: LogFinding[];
  expect?: LogMatch[];
  allow?: LogMatch[];
  ran?: string[];
  ended?: boolean;
};

/** As much evidence as these checks read. */
function evidence({
  findings = [],
  expect = [],
  allow = [],
  ran = ['write'],
  ended = false,
}: Given): Evidence {
  const expectations: Expectation[] = expect.map((match) => ({ type: 'log', ...match }));
  return {
    scenario: { expect: expectations, allow },
    machines: [{ name: 'host', log: { findings, more: 0 } }],
    steps: ran.map((name) => ({ name }) as StepEvidence),
    end: ended ? { blame: 'kernel', message: 'the kernel of host panicked', remedy: '' } : undefined,
  } as unknown as Evidence;
}

const failures = (given: Given) =>
  checkLog(evidence(given))
    .filter(({ ok }) => !ok)
    .map(({ reason }) => reason);

t.test('a log without findings is clean', async (t) => {
  t.strictSame(failures({}), []);
});

t.test('a finding fails, with its place in source, scenario and console', async (t) => {
  t.strictSame(failures({ findings: [{ ...warning, where: 'drivers/pci/p2pdma.c:212' }] }), [
    'WARNING in foo (drivers/pci/p2pdma.c:212) during step write, console line 345',
  ]);
});

t.test('what is allowed in a step does not fail there', async (t) => {
  const findings = [warning];
  t.strictSame(failures({ findings, allow: [{ pattern: 'warning', step: 'write' }] }), []);
  t.strictSame(failures({ findings, allow: [{ pattern: 'warning', step: 'read' }] }).length, 1);
  t.strictSame(failures({ findings, allow: [{ pattern: 'oops' }] }).length, 1);
  t.strictSame(failures({ findings, allow: [{ pattern: 'warning', on: 'target' }] }).length, 1);
});

t.test('matching is of the line or the title', async (t) => {
  const findings = [warning];
  t.strictSame(failures({ findings, allow: [{ pattern: 'warning', matching: 'p2pdma.c:\\d+' }] }), []);
  t.strictSame(failures({ findings, allow: [{ pattern: 'warning', matching: 'in foo$' }] }), []);
  t.strictSame(failures({ findings, allow: [{ pattern: 'warning', matching: 'bar' }] }).length, 1);
});

t.test('what is allowed in a step is allowed in its control run', async (t) => {
  const findings = [{ ...warning, step: 'control-write' }];
  t.strictSame(failures({ findings, allow: [{ pattern: 'warning', step: 'write' }] }), []);
});

t.test('what is expected must be there', async (t) => {
  const expect = [{ pattern: 'warning', step: 'write' }];
  t.strictSame(failures({ expect, findings: [warning] }), []);
  t.strictSame(failures({ expect }), [
    'the kernel log during step write tells of no warning, which is expected',
  ]);
});

t.test('a step that never ran has no log to miss anything in', async (t) => {
  t.strictSame(failures({ expect: [{ pattern: 'warning', step: 'write' }], ran: [] }), []);
});

t.test('findings that were only counted fail, unless they are allowed whatever they say', async (t) => {
  const counted = (allow: LogMatch[]) => {
    const given = evidence({ findings: [warning], allow });
    given.machines[0]!.log.more = 7;
    given.machines[0]!.log.uncounted = [{ pattern: 'warning', step: 'write', count: 7 }];
    return checkLog(given)[0]?.got;
  };
  t.equal(counted([{ pattern: 'warning' }]), 'none');
  t.equal(counted([{ pattern: 'warning', matching: 'foo' }]), '7 that were counted only');
});

t.test(
  'a panic that is expected is the expected end, and the step that it cut off is no failure',
  async (t) => {
    const expect = [{ pattern: 'oops', step: 'write' }];
    const { end, steps } = withoutExpectedEnd(evidence({ findings: [panic], expect, ended: true }));
    t.equal(end, undefined);
    t.strictSame(steps, []);
  },
);

t.test('a panic that is only allowed is not the end that was meant', async (t) => {
  const { end } = withoutExpectedEnd(
    evidence({ findings: [panic], allow: [{ pattern: 'oops' }], ended: true }),
  );
  t.ok(end);
});
