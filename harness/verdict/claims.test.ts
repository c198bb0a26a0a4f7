import t from 'tap';
import type { Evidence, StepEvidence } from '../evidence/evidence.js';
import type { Scenario } from '../scenario/scenario.js';
import { checkClaims } from './check-claims.js';
import { checkControl } from './check-control.js';

const pool = { size: 4096000, available: 4096000, published: 1 };
const moved = (bytesByRegion: Record<string, number>): StepEvidence['ledgers'] => ({
  host: { entries: [{ drive: 'nvme1', direction: 'write', commands: 1, commandBytes: 8192, bytesByRegion }] },
});

function step(name: string, over: Partial<StepEvidence> = {}): StepEvidence {
  return {
    ...{ name, kind: 'fio', machine: 'host', ms: 1, commands: [], samples: [] },
    ledgers: moved({ shm0: 8192 }),
    accounting: {
      before: { shm0: pool },
      lowest: { shm0: { available: pool.available - 8192, samples: 9 } },
    },
    bars: { shm0: { found: 2, matching: 2 } },
    ...over,
  };
}

function evidence(over: Partial<Evidence>): Evidence {
  const scenario = {
    expect: [{ type: 'data', steps: ['write'], drive: 'nvme1', through: 'shm0', atLeast: 1 }],
  };
  return {
    schema: 'p2plab.evidence/1',
    scenario: scenario as unknown as Scenario,
    machines: [],
    steps: [step('write')],
    control: { state: 'run', steps: [] },
    ...over,
  };
}

const quiet = { before: { shm0: pool }, lowest: { shm0: { available: pool.available, samples: 9 } } };
const reasons = (checks: { ok: boolean; reason?: string }[]) =>
  checks.flatMap((c) => (c.ok ? [] : [c.reason]));

t.test('a claim whose pool dips and whose blocks lie in the BAR holds', (t) => {
  t.strictSame(reasons(checkClaims(evidence({}))), []);
  t.equal(checkClaims(evidence({})).length, 2);
  t.end();
});

t.test('a claim during which available never fell does not hold', (t) => {
  t.strictSame(reasons(checkClaims(evidence({ steps: [step('write', { accounting: quiet })] }))), [
    'available of shm0 never fell during step write, in 9 samples',
  ]);
  t.end();
});

t.test('a claim without a block in the BAR does not hold', (t) => {
  t.strictSame(
    reasons(checkClaims(evidence({ steps: [step('write', { bars: { shm0: { found: 0, matching: 0 } } })] }))),
    ['no block of step write is in the memory of shm0'],
  );
  t.end();
});

t.test('a control that moves its data through RAM proves the claim', (t) => {
  const control = {
    state: 'run' as const,
    steps: [step('control-write', { ledgers: moved({ ram: 8192 }), accounting: quiet })],
  };
  t.strictSame(reasons(checkControl(evidence({ control }))), []);
  t.end();
});

t.test('a control that cannot be told from its claim leaves it unproven', (t) => {
  const control = { state: 'run' as const, steps: [step('control-write')] };
  t.strictSame(reasons(checkControl(evidence({ control }))), [
    'step write is not proven: with p2pmem off the same work still went through shm0 8192 B',
    'step write is not proven: with p2pmem off available of shm0 still fell by 8192 B',
  ]);
  t.end();
});

t.test('a control that moved nothing proves nothing', (t) => {
  const control = {
    state: 'run' as const,
    steps: [step('control-write', { ledgers: {}, accounting: quiet })],
  };
  t.strictSame(reasons(checkControl(evidence({ control }))), [
    'step write is not proven: its control moved no data',
  ]);
  t.end();
});

t.test('a control run that did not come to the step proves nothing', (t) => {
  t.strictSame(reasons(checkControl(evidence({}))), [
    'step write is not proven: its control run did not come to it',
  ]);
  t.end();
});

t.test('controls that are switched off are not checked', (t) => {
  t.strictSame(checkControl(evidence({ control: { state: 'off', steps: [] } })), []);
  t.end();
});

t.test('a control that cannot be attributed proves nothing, and the kernel is not to blame', (t) => {
  const ledgers = moved({ ram: 4096, 'not-attributable': 4096 });
  const control = {
    state: 'run' as const,
    steps: [step('control-write', { ledgers, accounting: quiet })],
  };
  const checks = checkControl(evidence({ control }));
  t.strictSame(reasons(checks), ['step write is not proven: 4096 B of its control cannot be attributed']);
  t.match(
    checks.find(({ ok }) => !ok),
    { blame: 'harness', got: 'ram 4096 B, not-attributable 4096 B' },
  );
  t.end();
});
