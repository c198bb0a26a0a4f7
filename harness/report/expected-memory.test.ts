import t from 'tap';
import { bareScenario } from '../scenario/bare.test.support.js';
import type { Scenario } from '../scenario/scenario.js';
import { expectedMemory, memoryText, peaksText, workIdOf } from './expected-memory.js';
import type { HistoryEntry } from './history.js';

const MiB = 2 ** 20;
const most = { mostMemory: 1024 * MiB };
const seen = (mebibytes: number, workId = 'a'): HistoryEntry => ({
  ...{ at: '2026-11-27T00:00:00.000Z', title: 't', kernel: 'k', outcome: 'pass', wallMs: 1 },
  ...{ workId, peakMemoryBytes: mebibytes * MiB },
});

t.test('half as much again as the largest of the last five', async (t) => {
  const history = [800, 100, 120, 110, 100, 100].map((mebibytes) => seen(mebibytes));
  t.strictSame(expectedMemory('a', most, history), {
    bytes: 180 * MiB,
    seen: { peakBytes: 120 * MiB, runs: 5 },
  });
});

t.test('never more than it can come to, unless it did', async (t) => {
  t.equal(expectedMemory('a', most, [seen(900)]).bytes, 1024 * MiB);
  t.equal(expectedMemory('a', most, [seen(1100)]).bytes, 1100 * MiB);
});

t.test('what is not known may come to all that it can', async (t) => {
  const { workId: _, ...old } = seen(100);
  t.strictSame(expectedMemory('a', most, [old, seen(100, 'b')]), { bytes: 1024 * MiB });
  t.strictSame(expectedMemory(undefined, most, [old]), { bytes: 1024 * MiB });
});

t.test(
  'the same work is the same scenario on the same kernel and accelerator, wherever its file is',
  async (t) => {
    const scenario = bareScenario({ name: 's', file: '/a/s.yaml' });
    const on = { kernelId: '0a', accelerator: 'tcg' } as const;
    const id = workIdOf(scenario, on);
    t.equal(workIdOf({ ...scenario, file: '/b/s.yaml' }, on), id);
    t.not(workIdOf({ ...scenario, without: ['bars'] }, on), id);
    t.not(workIdOf(scenario, { ...on, kernelId: '0b' }), id);
    t.not(workIdOf(scenario, { ...on, accelerator: 'kvm' }), id);
  },
);

t.test('the words tell where the number is from', async (t) => {
  const cmb = { type: 'nvme', id: 'nvme0', size: 64 * MiB, cmb: 32 * MiB } as const;
  const machines: Scenario['machines'] = {
    host: { cpu: 'EPYC', cpus: 2, memory: 768 * MiB, pcie: [cmb], append: [] },
  };
  t.equal(
    memoryText({ bytes: 1056 * MiB }, { machines }),
    '1056 MiB: guests 768 MiB, BARs 32 MiB, QEMU 256 MiB; not run yet on this host and this kernel',
  );
  t.equal(
    memoryText({ bytes: 270 * MiB, seen: { peakBytes: 180 * MiB, runs: 3 } }, { machines }),
    '270 MiB: it came to 180 MiB in the last 3 runs here; at the very most 1056 MiB (guests 768 MiB, BARs 32 MiB, QEMU 256 MiB)',
  );
});

t.test('what runs came to here', async (t) => {
  t.equal(peaksText([]), 'what a run takes here is not known yet');
  t.equal(
    peaksText([300, 100, 200].map((mebibytes) => seen(mebibytes))),
    'half of 3 runs here came to no more than 200 MiB, the largest to 300 MiB',
  );
});
