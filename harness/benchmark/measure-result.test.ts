import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { measureResult } from './measure-result.js';

const job = (jobname: string, ios: number, bytesPerSecond: number) => {
  const none = { total_ios: 0, bw_bytes: 0, clat_ns: {} };
  const percentile = { '50.000000': 100, '99.000000': 900 };
  return {
    jobname,
    read: none,
    write: { total_ios: ios, bw_bytes: bytesPerSecond, clat_ns: { percentile } },
  };
};

const entry = { drive: 'nvme1', direction: 'write', commandBytes: 0, bytesByRegion: {} };
const ledger = (over: object) => ({ entries: [{ ...entry, commands: 50 }], configReads: 0, ...over });
const step = (over: object) => ({
  name: 'write',
  kind: 'fio',
  machine: 'host',
  samples: [],
  commands: [],
  ...over,
});

/** A result's folder with this evidence; fio's output is that of the step `write`. */
function resultOf(dir: string, evidence: object, jobs: object[]): string {
  mkdirSync(path.join(dir, 'host'));
  writeFileSync(path.join(dir, 'host/fio.out'), JSON.stringify({ jobs }));
  writeFileSync(path.join(dir, 'evidence.json'), JSON.stringify({ machines: [], ...evidence }));
  return dir;
}

const valuesOf = async (dir: string) =>
  (await measureResult(dir)).map(({ step: of, metric, value, kind, better }) => [
    `${of} ${metric}`.trim(),
    value,
    kind,
    better,
  ]);

const commands = [{ stdout: 'host/fio.out' }];

t.test('counts for each I/O, over all machines, and what the clock tells', async (t) => {
  const accesses = { mmioWrites: 200, configWrites: 1 };
  const ledgers = { host: ledger({ accesses }), other: ledger({ configReads: 25 }) };
  const dir = resultOf(t.testdir(), { steps: [step({ ledgers, commands })] }, [job('bs=4k', 100, 4000)]);
  t.same(await valuesOf(dir), [
    ['write NVMe commands/IO', 1, 'count', 'less'],
    ['write config reads/IO', 0.25, 'count', 'less'],
    ['write config writes/IO', 0.01, 'count', 'less'],
    ['write register reads/IO', 0, 'count', 'less'],
    ['write register writes/IO', 2, 'count', 'less'],
    ['write throughput', 4000, 'wall', 'more'],
    ['write latency p50', 100, 'wall', 'less'],
    ['write latency p99', 900, 'wall', 'less'],
  ]);
});

t.test('several jobs have their names, and one throughput of all: the geometric mean', async (t) => {
  const jobs = [job('bs=4k', 50, 100), job('bs=16k', 50, 400)];
  const dir = resultOf(t.testdir(), { steps: [step({ ledgers: { host: ledger({}) }, commands })] }, jobs);
  const values = new Map((await valuesOf(dir)).map(([name, value]) => [name, value]));
  t.equal(values.get('throughput of all steps'), 200);
  t.equal(values.get('write bs=16k throughput'), 400);
  t.notOk(values.has('write register writes/IO'), 'nothing is said of what was not traced');
});

t.test('time to the first I/O is that of the slowest machine; allocations are per second', async (t) => {
  const machines = [{ firstIoMs: 1800.5 }, {}, { firstIoMs: 2000.1 }];
  const time = step({ name: 'time', kind: 'p2pmem-time', samples: [{ name: 'nsPerPair', value: 500 }] });
  const dir = resultOf(t.testdir(), { machines, steps: [time] }, []);
  t.same(await valuesOf(dir), [
    ['time p2pmem allocations', 2_000_000, 'wall', 'more'],
    ['time to first I/O', 2000.1, 'wall', 'less'],
  ]);
});
