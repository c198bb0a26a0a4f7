import { spawn, type ChildProcess } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { max, median, min, sampleStandardDeviation } from 'simple-statistics';
import { exactMetrics } from '../benchmark/exact-metrics.js';
import { nameOf } from '../benchmark/compare-boots.js';
import { packageRoot } from '../common/paths.js';
import type { Measurement } from '../cost/measurement.js';
import { markdownTable } from '../report/markdown-text.js';
import { BootStore, type StoredBoot } from './boot-store.js';

// npm run bench:repeat: how far boots of one kernel are apart, on the host as it is and with one of its CPUs busy.

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: 'p2plab-repeat' },
    minutes: { type: 'string', default: '600' },
    boots: { type: 'string', default: '10' },
    table: { type: 'string', default: path.join(packageRoot, 'harness/bench/repeat.md') },
  },
});
const until = Date.now() + Number(values.minutes) * 60_000;
const hosts = ['as it is', 'one CPU busy'] as const;
const signal = new AbortController().signal;
const store = await BootStore.open(values.out);

const boots = new Map<(typeof hosts)[number], StoredBoot[]>();
for (const host of hosts) {
  const busy = host === 'one CPU busy' ? keepBusy() : undefined;
  try {
    for (let n = 0; n < Number(values.boots); n++) {
      const boot = await bootInTime(`${host} ${n}`);
      if (boot) boots.set(host, [...(boots.get(host) ?? []), boot]);
    }
  } finally {
    busy?.kill();
  }
}
await writeFile(values.table, tableText());
process.stdout.write(tableText());

/** A process that does nothing, as fast as it can. */
function keepBusy(): ChildProcess {
  return spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' });
}

async function bootInTime(key: string): Promise<StoredBoot | undefined> {
  if (!store.get(key) && Date.now() > until) return undefined;
  return store.boot({ key, kernel: 'base', kinds: ['exact', 'count', 'wall'] }, signal);
}

/** Of each metric its spread: the largest less the smallest, and the standard deviation, as parts of the median. */
function tableText(): string {
  const columns = hosts.map((host) => spreadsOf(boots.get(host) ?? []));
  const names = [...new Set(columns.flatMap((spreads) => [...spreads.keys()]))];
  const rows = names.map((name) => [name, ...columns.map((spreads) => spreads.get(name) ?? 'not measured')]);
  const described = hosts.map((host) => {
    const some = boots.get(host) ?? [];
    const loads = some.map(({ load }) => load);
    return `- host ${host}: ${some.length} boots, load average ${loads.length > 0 ? `${min(loads)} to ${max(loads)}` : 'unknown'}`;
  });
  return [
    '# How far boots of one kernel are apart',
    'Written by `npm run bench:repeat`: the largest value less the smallest, as a part of the median, and behind it the standard deviation. 4 KiB writes out of ivshmem p2pmem (`harness/bench/power.yaml`), each boot a fresh VM.',
    markdownTable(['metric', ...hosts.map((host) => `host ${host}`)], rows),
    [
      ...described,
      `- ${new Date().toISOString().slice(0, 10)}, ${os.availableParallelism()} CPUs, kernel ${store.boots[0]?.kernelId ?? 'none'}`,
    ].join('\n'),
  ]
    .join('\n\n')
    .concat('\n');
}

function spreadsOf(stored: readonly StoredBoot[]): Map<string, string> {
  const exact = exactMetrics(stored.map(({ costs }) => costs));
  const byName = new Map<string, number[]>();
  for (const [n, { measurements }] of stored.entries())
    for (const measurement of [...exact[n]!, ...measurements])
      byName.set(label(measurement), [...(byName.get(label(measurement)) ?? []), measurement.value]);
  for (const name of functionsOf(stored))
    byName.set(
      `\`${name}\``,
      stored.map(({ costs }) => costs[0]!.functions[name]!),
    );
  return new Map([...byName].map(([name, some]) => [name, spreadText(some)]));
}

function label(measurement: Measurement): string {
  return `${nameOf(measurement)} (${measurement.kind})`;
}

/** Functions of the peer-to-peer path and the dearest of all that every boot has. */
function functionsOf(stored: readonly StoredBoot[]): string[] {
  const [first, ...others] = stored.map(({ costs }) => costs[0]?.functions ?? {});
  if (first === undefined) return [];
  const all = Object.keys(first).filter((name) => others.every((functions) => name in functions));
  const dearest = all.sort((a, b) => first[b]! - first[a]!).slice(0, 8);
  return [...new Set([...dearest, ...all.filter((name) => name.includes('p2pdma'))])];
}

function spreadText(some: readonly number[]): string {
  const middle = median([...some]);
  if (some.length < 2) return 'one boot';
  if (middle === 0) return max([...some]) === 0 ? '0' : 'of 0';
  const part = (value: number) => `${Number(((value / middle) * 100).toFixed(2))} %`;
  return `${part(max([...some]) - min([...some]))} (${part(sampleStandardDeviation([...some]))})`;
}
