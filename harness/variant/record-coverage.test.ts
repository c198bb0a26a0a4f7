import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { EvidenceRecorder } from '../evidence/evidence-recorder.js';
import { unpackBlocks } from '../evidence/executed-blocks.js';
import { machine, scenario } from '../plan/sample.test.support.js';
import type { RunPlan } from '../plan/plan.js';
import { recordCoverage } from './record-coverage.js';
import type { VariantRun } from './run-variant.js';

const planned = (name: string) => ({
  name,
  bridges: [],
  devices: [],
  scratch: [],
  files: [],
  argv: [],
  nonce: '',
});

/** A run of machines `a` and `b`, both booted unless said otherwise. */
function variant(dir: string, booted = ['a', 'b']) {
  const plan = { kind: 'run', machines: ['a', 'b'].map(planned) } as Partial<RunPlan> as RunPlan;
  const recorder = new EvidenceRecorder(scenario({ a: machine(), b: machine() }), plan, dir);
  for (const name of booted)
    recorder.machine(name).booted({ bootMs: 1, sshMs: 1, actual: { devices: [], ram: [] } });
  return { run: { plan, dir } as Partial<VariantRun> as VariantRun, recorder };
}

/** What the plugin leaves, with blocks of 4 bytes at those addresses. */
function plugin(dir: string, name: string, addresses: number[], runs = 1): void {
  const file = Buffer.alloc(4096 + 24 * addresses.length);
  file.write('p2plabEB', 'latin1');
  file.writeUInt32LE(1, 8);
  file.writeUInt32LE(4096, 12);
  file.writeBigUInt64LE(BigInt(addresses.length), 24);
  for (const [index, address] of addresses.entries()) {
    file.writeBigUInt64LE(0xffff_ffff_0000_0000n + BigInt(address), 4096 + 24 * index);
    file.writeBigUInt64LE(BigInt(runs), 4096 + 24 * index + 8);
    file.writeUInt32LE(4, 4096 + 24 * index + 16);
  }
  mkdirSync(path.join(dir, name), { recursive: true });
  writeFileSync(path.join(dir, name, 'executed.blocks'), file);
}

t.test('what ran on any machine is kept', async (t) => {
  const dir = t.testdir();
  plugin(dir, 'a', [0x8100_0000]);
  plugin(dir, 'b', [0x8100_0000, 0x8100_0010]);
  const { run, recorder } = variant(dir);
  await recordCoverage(run, recorder);
  const { blocks } = await unpackBlocks(readFileSync(path.join(dir, 'coverage.gz')), 'coverage.gz');
  t.strictSame(
    blocks.map(({ address, runs }) => [address, runs]),
    [
      [0x8100_0000, 2],
      [0x8100_0010, 1],
    ],
  );
  t.equal((await recorder.finish()).end, undefined);
});

t.test('a machine that booted while the plugin recorded nothing makes the run broken', async (t) => {
  const dir = t.testdir();
  plugin(dir, 'a', [0x8100_0000]);
  plugin(dir, 'b', [0x8100_0000], 0);
  const { run, recorder } = variant(dir);
  await recordCoverage(run, recorder);
  t.match((await recorder.finish()).end, {
    blame: 'harness',
    message: 'the QEMU plugin of b recorded no code of the kernel',
    evidence: 'b/qemu.log',
  });
  t.notOk(existsSync(path.join(dir, 'coverage.gz')), 'half of it is not taken for all');
});

t.test('what ended the run earlier stays its reason', async (t) => {
  const dir = t.testdir();
  plugin(dir, 'a', [], 0);
  const { run, recorder } = variant(dir);
  recorder.endedBy({
    blame: 'kernel',
    message: 'panicked',
    remedy: 'read',
    name: 'HarnessError',
    evidence: undefined,
  });
  await recordCoverage(run, recorder);
  t.match((await recorder.finish()).end, { blame: 'kernel', message: 'panicked' });
});

t.test('a machine that was never started is nobody’s fault', async (t) => {
  const dir = t.testdir();
  plugin(dir, 'a', [0x8100_0000]);
  const { run, recorder } = variant(dir, ['a']);
  await recordCoverage(run, recorder);
  t.equal((await recorder.finish()).end, undefined);
  t.ok(existsSync(path.join(dir, 'coverage.gz')));
});
