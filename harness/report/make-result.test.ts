import t from 'tap';
import type { Evidence, StepEvidence } from '../evidence/evidence.js';
import { bareScenario } from '../scenario/bare.test.support.js';
import type { Expectation } from '../scenario/scenario.js';
import { makeResult, skippedResult } from './make-result.js';
import { resultSchema } from './run-document.js';

const scenario = bareScenario({ name: 'copy', title: 'A sample', variant: { provider: 'shm0' } });
const entry = (drive: string, bytesByRegion: Record<string, number>) => {
  return { drive, direction: 'write' as const, commands: 1, commandBytes: 0, bytesByRegion };
};
const step = (name: string, over: Partial<StepEvidence> = {}): StepEvidence => ({
  name,
  kind: 'fio',
  machine: 'host',
  ms: 10,
  commands: [],
  samples: [],
  ledgers: { host: { entries: [entry('nvme1', { shm0: 100 }), entry('nvme0', { ram: 7 })] } },
  bars: {},
  accounting: {},
  ...over,
});
const claim = (steps: string[], through = 'shm0'): Expectation => {
  return { type: 'data', steps, drive: 'nvme1', through, atLeast: 0.99 };
};
const verdict = { outcome: 'pass' as const, reasons: [], checks: [] };

function resultOf(steps: StepEvidence[], expect: Expectation[] = [], machines: Evidence['machines'] = []) {
  const evidence: Evidence = {
    schema: 'p2plab.evidence/1',
    control: { state: 'off', steps: [] },
    scenario: { ...scenario, expect },
    machines,
    steps,
  };
  return resultSchema.parse(
    makeResult(evidence, verdict, { kernel: 'k', wallMs: 1234.5, artifacts: ['a.log'] }),
  );
}

t.test('data is summed over the steps and drives that are claimed', async (t) => {
  const { evidence } = resultOf([step('write'), step('read'), step('other')], [claim(['write', 'read'])]);
  t.strictSame(evidence.dma.bytesByRegion, { shm0: 200 });
  t.match(evidence.steps[2], {
    name: 'other',
    kind: 'fio',
    machine: 'host',
    ms: 10,
    bytesByRegion: { shm0: 100, ram: 7 },
  });
});

t.test('data that two expectations name is counted once', async (t) => {
  const { evidence } = resultOf([step('write')], [claim(['write']), claim(['write'], 'none')]);
  t.strictSame(evidence.dma.bytesByRegion, { shm0: 100 });
});

t.test('without a claim all data is summed', async (t) => {
  const value: Expectation = { type: 'value', of: 'write.error', is: 'none' };
  const { evidence } = resultOf([step('write'), step('read')], [value]);
  t.strictSame(evidence.dma.bytesByRegion, { shm0: 200, ram: 14 });
});

t.test('samples that can be better are metrics, by step', async (t) => {
  const samples = [
    { name: 'bytes', value: 8192, unit: 'B' },
    { name: 'bs=4k.throughput', value: 12.5, unit: 'MB/s', better: 'higher' as const },
  ];
  t.strictSame(resultOf([step('write', { samples })]).metrics, [
    { name: 'write.bs=4k.throughput', value: 12.5, unit: 'MB/s', better: 'higher' },
  ]);
});

const machine: Evidence['machines'][number] = {
  name: 'host',
  bootMs: 2000,
  planned: { bridges: [], devices: [] },
  idle: {},
  log: { findings: [], more: 0 },
};

t.test('phases are those that were reached', async (t) => {
  t.strictSame(resultOf([], [], [machine]).phases, { bootMs: 2000, wallMs: 1235 });
});

t.test('memory is of the machines that were there at the end', async (t) => {
  const target = { ...machine, name: 'target', peakMemoryBytes: 180_000_000, processorSeconds: 3.21 };
  t.strictSame(resultOf([], [], [machine, target]).peakMemoryBytes, { target: 180_000_000 });
  t.strictSame(resultOf([], [], [machine, target]).processorSeconds, { target: 3.21 });
  t.notOk('peakMemoryBytes' in resultOf([], [], [machine]));
});

t.test('checks lose what only the verdict needs', async (t) => {
  const check = { name: 'c', ok: false, want: 'w', got: 'g', blame: 'host' as const, reason: 'r' };
  const evidence: Evidence = {
    schema: 'p2plab.evidence/1',
    control: { state: 'off', steps: [] },
    scenario,
    machines: [],
    steps: [],
  };
  const result = makeResult(
    evidence,
    { ...verdict, checks: [check] },
    { kernel: 'k', wallMs: 1, artifacts: [] },
  );
  t.strictSame(result.checks, [{ name: 'c', ok: false, want: 'w', got: 'g' }]);
});

t.test('a skipped variant is a valid result', async (t) => {
  t.match(resultSchema.parse(skippedResult(scenario, 'k', ['no RXE'])), {
    scenario: 'copy',
    variant: { provider: 'shm0' },
    outcome: 'skip',
    reasons: ['no RXE'],
  });
});
