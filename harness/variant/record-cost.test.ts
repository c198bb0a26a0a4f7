import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import type { CommandFiles } from '../guest/run-command.js';
import { EvidenceRecorder } from '../evidence/evidence-recorder.js';
import { unpackCounted } from '../evidence/counted-runs.js';
import { inputs, machine, nvme, scenario } from '../plan/sample.test.support.js';
import { planScenario, type RunPlan } from '../plan/plan.js';
import { recordCost, repetitions } from './record-cost.js';
import type { Recording } from './record-step.js';
import type { VariantRun } from './run-variant.js';
import type { Step } from '../scenario/scenario.js';
import type { Machine } from './start-machines.js';
import { kindOf } from '../workload/step-kinds.js';

const mebibyte = 2 ** 20;
const blocks = (blockBytes: number, most: number) => repetitions({ blockBytes, most });

t.test('a pair of runs differs in as many I/Os whatever their size is', async (t) => {
  t.strictSame(blocks(4096, 2048), { short: 128, long: 1152 });
  t.strictSame(blocks(16 * 1024, 5000), { short: 128, long: 1152 });
});

t.test('unless they are large, or their region is small', async (t) => {
  t.strictSame(blocks(256 * 1024, 5000), { short: 28, long: 256 });
  t.strictSame(blocks(4 * mebibyte, 5000), { short: 1, long: 16 });
  t.strictSame(blocks(4096, 256), { short: 28, long: 256 });
  t.match(blocks(4096, 8), { short: 0 });
});

/** One block of two instructions, as the plugin writes it. */
function writeTable(dir: string, runs: number): void {
  const file = Buffer.alloc(4096 + 24);
  file.write('p2plabEB', 'latin1');
  file.writeUInt32LE(1, 8);
  file.writeUInt32LE(4096, 12);
  file.writeBigUInt64LE(1n, 24);
  file.writeBigUInt64LE(0xffff_ffff_8100_0000n, 4096);
  file.writeBigUInt64LE(BigInt(runs), 4104);
  file.writeUInt32LE(8, 4112);
  file.writeUInt32LE(2, 4116);
  mkdirSync(path.join(dir, 'host'), { recursive: true });
  writeFileSync(path.join(dir, 'host/executed.blocks'), file);
}

/** A guest in which the block runs 100 times for a process, and once for each I/O that is asked for. */
function recordingIn(dir: string, told: (ios: number) => string, exitCode = 0): Recording {
  const planned = scenario({ host: machine(nvme('nvme1')) });
  const plan = planScenario(planned, inputs) as RunPlan;
  let runs = 5000;
  writeTable(dir, runs);
  const guest = {
    async run(script: string, files: CommandFiles) {
      const ios = Number(/--size=(\d+)/.exec(script)![1]) / 4096;
      writeTable(dir, (runs += 100 + ios));
      writeFileSync(files.stdout, told(ios));
      writeFileSync(files.stderr, exitCode === 0 ? '' : 'fio: verify: bad header\n');
      return { exitCode, ms: 1, truncated: false };
    },
  };
  const vm = { died: new Promise<never>(() => {}), console: { file: 'console.log' } };
  return {
    run: {
      ...{ scenario: planned, plan, dir, onPhase: () => {}, signal: new AbortController().signal },
    } as unknown as VariantRun,
    recorder: new EvidenceRecorder(planned, plan, dir),
    machines: new Map([['host', { guest, vm } as unknown as Machine]]),
  };
}

const params = { disk: 'nvme1', rw: 'write', bs: '4k', size: '1M' };
const step: Step = {
  ...{ name: 'write', kind: 'fio', machine: 'host' },
  params: kindOf({ kind: 'fio' }).params.parse(params),
};

t.test('short and long runs in turn, and of each only what ran in it; the first warms up', async (t) => {
  const dir = t.testdir();
  await recordCost(
    recordingIn(dir, (ios) => `ios ${ios}\n`),
    step,
  );
  const runs = await unpackCounted(readFileSync(path.join(dir, 'cost-write.gz')), 'cost-write.gz');
  t.strictSame(
    runs.map(({ ios, bytes, executed }) => [ios, bytes, executed.blocks[0]!.runs]),
    [28, 256, 28, 256, 28, 256].map((ios) => [ios, ios * 4096, 100 + ios]),
  );
  t.match(runs[0], { step: 'write', work: 'bs=4k', machine: 'host' });
});

for (const [what, told, exitCode, why] of [
  ['another number of I/Os', () => 'ios 7\n', 0, '7 I/Os instead of 28'],
  ['no number of I/Os', () => '', 0, 'nobody knows how many I/Os instead of 28'],
  ['an error', () => '', 1, 'fio: verify: bad header'],
] as const)
  t.test(`a repetition with ${what} makes the run broken`, async (t) => {
    const dir = t.testdir();
    await t.rejects(recordCost(recordingIn(dir, told, exitCode), step), {
      blame: 'harness',
      message: `step write succeeded, and failed when it was repeated for its cost (bs=4k.28): ${why}`,
      remedy: 'run the scenario without --cost',
    });
    t.notOk(existsSync(path.join(dir, 'cost-write.gz')));
  });

t.test('a step without I/O is not repeated', async (t) => {
  const dir = t.testdir();
  const link: Step = { name: 'refs', kind: 'device-refs', machine: 'host', params: {} };
  await recordCost(
    recordingIn(dir, () => t.fail('nothing is run') as never),
    link,
  );
  t.notOk(existsSync(path.join(dir, 'cost-refs.gz')));
});
