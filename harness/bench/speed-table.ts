import { execa } from 'execa';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { selectVariants } from '../cli/find-scenarios.js';
import { listArtifacts } from '../common/artifact-store.js';
import { packageRoot } from '../common/paths.js';
import { defaultKernel, kernelStore } from '../kernel/ensure-kernel.js';
import type { KernelManifest } from '../kernel/kernel.js';
import { prepareVariant } from '../prepare-variant.js';
import { markdownTable } from '../report/markdown-text.js';
import { coldBuilds } from './cold-builds.js';
import { rebuilds } from './rebuilds.js';
import { bareBoot, busyboxInitramfs, busyboxIsUp, withBusybox } from './bare-boot.js';
import { cellsOf, summed, type SpeedDocument, type SpeedRow } from './speed-row.js';
import { timedRun } from './timed-run.js';

// npm run bench: how near p2plab is to what there would be without it, each pair measured side by side.

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    out: { type: 'string', default: 'p2plab-speed' },
    scenario: { type: 'string', default: 'p2pmem-allocate' },
    set: { type: 'string', default: 'provider=shm0' },
    kernel: { type: 'string', default: defaultKernel }, // of cold-build
  },
});
const rounds = Number(options.rounds);
const scratch = await mkdtemp(path.join(os.tmpdir(), 'p2plab-bench-'));
let folders = 0;
const newFolder = () => path.join(scratch, String(folders++));

const measures: Record<string, () => Promise<SpeedRow[]>> = { boots, suite, memory, lookUps, objects };
/** Only when asked for: a minute a round, and twenty minutes. */
const slowMeasures = { rebuild, 'cold-build': coldBuild };
const chosen = positionals.length > 0 ? positionals : Object.keys(measures);
const rows: SpeedDocument['rows'] = [];
try {
  for (const name of chosen) {
    const all: typeof measures = { ...measures, ...slowMeasures };
    const measure = all[name];
    if (!measure) throw new Error(`no measure ${name}; there are ${Object.keys(all).join(', ')}`);
    for (const row of await measure()) rows.push(summed(row));
  }
} finally {
  await rm(scratch, { recursive: true, force: true });
}
await mkdir(options.out, { recursive: true });
const document = { schema: 'p2plab.speed/1', at: new Date().toISOString(), host: hostOf(), rows } as const;
await writeFile(
  path.join(options.out, 'speed.json'),
  JSON.stringify(document satisfies SpeedDocument, null, 2) + '\n',
);
await writeFile(path.join(options.out, 'speed.md'), tableText(document));
process.stdout.write(tableText(document));

/** `run` against the bare command line, and the rig's boot against one that could not be shorter. */
async function boots(): Promise<SpeedRow[]> {
  const [key, value] = options.set.split('=') as [string, string];
  const [variant] = await selectVariants({ names: [options.scenario], set: { [key]: value } });
  const wanted = { extraPatches: [], image: 'base', accelerator: 'auto' as const, dir: newFolder() };
  const silent = { name: 'bench', on: () => {} };
  const { plan } = await prepareVariant(variant!, wanted, silent, new AbortController().signal);
  const [machine] = plan.machines;
  const busybox = withBusybox(machine!, await busyboxInitramfs(newFolder()));
  const run = emptyRow(
    '`run` of one scenario, start to first guest command',
    'its QEMU command line, to the ready line',
    '×',
    1.3,
  );
  const boot = emptyRow(
    "the rig's boot, QEMU's start to SSH ready",
    'same kernel and devices, a busybox that prints',
    '×',
    1.5,
  );
  for (let n = 0; n < rounds; n++) {
    const load = loadNow();
    const timed = await timedRun([options.scenario, '--set', options.set, '--no-controls'], newFolder());
    const bareMs = await bareBoot(machine!, newFolder(), /p2plab: ready/);
    const busyboxMs = await bareBoot(busybox, newFolder(), busyboxIsUp);
    const booting = timed.events.find((event) => event.type === 'phase')!;
    const beforeMs = Date.parse(booting.at) - timed.startedAtMs;
    const sshMs = timed.run.results[0]!.phases.sshMs!;
    const runMs = beforeMs + sshMs;
    note(run, runMs / bareMs, { beforeMs, runMs, bareMs }, load);
    note(boot, sshMs / busyboxMs, { sshMs, busyboxMs }, load);
  }
  return [run, boot];
}

/** The smoke scenarios two at a time, against all that their QEMUs used of two CPUs. */
async function suite(): Promise<SpeedRow[]> {
  const row = emptyRow('smoke scenarios at --jobs 2', "the sum of their VMs' CPU time, by 2", '×', 1.2);
  const load = loadNow();
  const { wallMs, watched } = await timedRun(['--tag', 'smoke', '--jobs', '2'], newFolder());
  const wallSeconds = wallMs / 1000;
  note(
    row,
    wallSeconds / (watched.vmCpuSeconds / 2),
    { wallSeconds, vmCpuSeconds: watched.vmCpuSeconds },
    load,
  );
  return [row];
}

async function memory(): Promise<SpeedRow[]> {
  const row = emptyRow("the harness' memory while four VMs run", '', 'MB', 150);
  const load = loadNow();
  const { watched } = await timedRun(
    ['--tag', 'smoke and not nvmeof', '--jobs', '4', '--fresh-boots'],
    newFolder(),
  );
  const resident = watched.residentBytes.get(4);
  if (resident === undefined) throw new Error(`only ${watched.mostVms} VMs ran at the same time`);
  note(row, resident / 1e6, { mostVms: watched.mostVms, residentMB: resident / 1e6 }, load);
  return [row];
}

async function lookUps(): Promise<SpeedRow[]> {
  const row = emptyRow('look-up of an unchanged kernel and image', '', 'ms', 300);
  await lookUp(); // builds what is not there
  for (let n = 0; n < rounds; n++) {
    const load = loadNow();
    const { kernelMs, imageMs, cached } = await lookUp();
    if (!cached)
      throw new Error('the kernel or the image is not kept: see whether XDG_CACHE_HOME can be written');
    note(row, kernelMs + imageMs, { kernelMs, imageMs }, load);
  }
  return [row];
}

async function lookUp(): Promise<{ kernelMs: number; imageMs: number; cached: boolean }> {
  const { stdout } = await execa(process.execPath, [path.join(packageRoot, 'dist/bench/look-ups.js')]);
  return JSON.parse(stdout);
}

async function rebuild(): Promise<SpeedRow[]> {
  const row = emptyRow(
    'rebuild after a change of one file, to the kept kernel',
    'a bare `make bzImage`',
    '×',
    1.15,
  );
  const load = loadNow();
  for (const { oursMs, makeMs } of await rebuilds(rounds, scratch))
    note(row, oursMs / makeMs, { oursMs, makeMs }, load);
  return [row];
}

/** Once, whatever `rounds` says: each of the two takes some ten minutes on two cores. */
async function coldBuild(): Promise<SpeedRow[]> {
  const byHand = 'a fragment written by hand';
  const objectsRow = emptyRow('objects of a cold kernel build', byHand, '×', 0.65);
  const timeRow = emptyRow('time of a cold kernel build', byHand, '×', 0.65);
  const load = loadNow();
  const fragment = path.join(packageRoot, 'harness/bench/by-hand.config');
  const { ours, wholeMs, byHand: hand } = await coldBuilds(options.kernel, fragment, newFolder());
  note(objectsRow, ours.objects / hand.objects, { objects: ours.objects, byHand: hand.objects }, load);
  const seconds = { seconds: ours.ms / 1000, byHand: hand.ms / 1000, withSource: wholeMs / 1000 };
  note(timeRow, ours.ms / hand.ms, seconds, load);
  return [objectsRow, timeRow];
}

/** Of the newest build from scratch that the cache has; none has been built on this host without one. */
async function objects(): Promise<SpeedRow[]> {
  const row = emptyRow(
    'objects of a kernel built from scratch',
    '2000 of a hand-written fragment',
    '×',
    0.65,
  );
  const built = await listArtifacts<KernelManifest>(kernelStore());
  const whole = built
    .map(({ manifest }) => manifest)
    .find(({ fromScratch, name }) => fromScratch && name === defaultKernel);
  if (!whole) {
    process.stderr.write(
      `no ${defaultKernel} in the cache was built from scratch: its objects are not told\n`,
    );
    return [];
  }
  note(
    row,
    whole.built.objects / 2000,
    { objects: whole.built.objects, seconds: whole.built.ms / 1000 },
    loadNow(),
  );
  return [row];
}

function emptyRow(what: string, comparedWith: string, unit: string, goal: number): SpeedRow {
  return { what, comparedWith, unit, goal, values: [], from: [], loads: [] };
}

function note(row: SpeedRow, value: number, from: Record<string, number>, load: number): void {
  row.values.push(value);
  row.from.push(from);
  row.loads.push(load);
}

function loadNow(): number {
  return Math.round(os.loadavg()[0]! * 100) / 100;
}

function hostOf(): SpeedDocument['host'] {
  const cpuModel = os.cpus()[0]?.model ?? 'unknown';
  return { cpus: os.availableParallelism(), cpuModel, node: process.versions.node, kernel: os.release() };
}

function tableText({ at, host, rows }: SpeedDocument): string {
  const head = ['what', 'compared with', 'goal', 'median', 'spread', 'n', 'load average'];
  const where = `${at.slice(0, 16)}Z, ${host.cpus} CPUs (${host.cpuModel}), Linux ${host.kernel}, Node.js ${host.node}`;
  return `${markdownTable(head, rows.map(cellsOf))}\n\n${where}\n`;
}
