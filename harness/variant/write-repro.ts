import { execa } from 'execa';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Evidence } from '../evidence/evidence.js';
import type { Image } from '../image/image.js';
import type { GuestModules, Kernel } from '../kernel/kernel.js';
import type { HostFacts } from '../plan/host-facts.js';
import type { RunPlan } from '../plan/plan.js';
import { modulesName } from '../report/repro-guest.js';
import { reproScript, type PinnedFile } from '../report/repro-script.js';
import type { Step } from '../scenario/scenario.js';
import { shellValue, wantedValues, type ShellValue } from '../report/repro-values.js';
import type { Verdict } from '../verdict/check.js';
import { filesOf, ownFileOf, type OwnFiles } from '../workload/own-files.js';
import { folderName } from '../workload/own-test.js';
import { kindOf } from '../workload/step-kinds.js';

export type Reproducible = {
  /** The result's folder. */
  dir: string;
  evidence: Evidence;
  verdict: Verdict;
  plan: RunPlan;
  kernel: Kernel;
  image: Image;
  host: HostFacts;
  ownFiles: OwnFiles;
};

const archive = 'repro-own.tar.gz';

/** Writes repro.sh, and what it carries, into a result's folder. */
export async function writeRepro({
  dir,
  evidence,
  verdict,
  plan,
  kernel,
  image,
  host,
  ownFiles,
}: Reproducible) {
  const own = await packOwnFiles(dir, evidence, ownFiles, kernel.guestModules);
  const text = reproScript({
    ...{ evidence, verdict, plan, kindOf },
    kernel: await pinned(kernel.bzImage, howToBuild(kernel)),
    rootfs: await pinned(
      image.rootfs,
      `build it with: p2plab image build ${image.name} (its id is ${image.id})`,
    ),
    ...(own && { own: { file: archive, sha256: await sha256Of(path.join(dir, archive)) } }),
    ...(kernel.guestModules && {
      modules: { release: kernel.release, atBoot: kernel.guestModules.atBoot },
    }),
    values: await valuesOf(dir, evidence),
    qemuVersion: host.qemu.version,
  });
  await writeFile(path.join(dir, 'repro.sh'), text);
  await chmod(path.join(dir, 'repro.sh'), 0o755);
}

function howToBuild({ name, id, series }: Kernel): string {
  const patches = series.filter((s) => s.name === '--patch').flatMap((s) => s.patches);
  const more = patches.map((patch) => ` --patch ${patch}`).join('');
  return `build it with: p2plab kernel build ${name}${more} (its id is ${id}); or choose one with KERNEL=`;
}

const hashes = new Map<string, Promise<string>>();

/** Kernel and image are the same for many results of a run, and never change: they are named by their content. */
async function pinned(file: string, how: string): Promise<PinnedFile> {
  const known = hashes.get(file) ?? sha256Of(file);
  hashes.set(file, known);
  return { file, sha256: await known, how };
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** Each file in the folder where its step looks for it, and the kernel's modules. @returns whether there are any */
async function packOwnFiles(
  dir: string,
  { scenario }: Evidence,
  ownFiles: OwnFiles,
  modules: GuestModules | undefined,
): Promise<boolean> {
  const files = new Set(scenario.steps.flatMap(filesOf));
  if (files.size === 0 && modules === undefined) return false;
  const stage = await mkdtemp(path.join(tmpdir(), 'p2plab-own-'));
  try {
    for (const file of files) {
      const from = ownFileOf(ownFiles, scenario, file);
      const to = path.join(stage, folderName(file));
      await mkdir(to, { recursive: true });
      const isFolder = (await stat(from)).isDirectory();
      await cp(from, isFolder ? to : path.join(to, path.basename(from)), { recursive: true });
    }
    if (modules) await cp(modules.dir, path.join(stage, modulesName), { recursive: true });
    const names = [...[...files].map(folderName), ...(modules ? [modulesName] : [])];
    await execa('tar', [
      '-C',
      stage,
      '--owner=0',
      '--group=0',
      '-czf',
      path.join(dir, archive),
      ...new Set(names),
    ]);
    return true;
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}

/** The test's exit code is in its last words (own-test.ts). */
function exitOfOwnTest({ name, kind, params }: Step): ShellValue[] {
  if (kind !== 'own-test' || (params as { reads: string }).reads !== 'exit') return [];
  return [{ of: `${name}.exitCode`, is: '0', command: 0, stream: 'err', sed: 's/^p2plab: exit //p' }];
}

/** The expected samples that a shell can read, proved on what the steps printed. */
async function valuesOf(dir: string, evidence: Evidence): Promise<ShellValue[]> {
  const { scenario, steps } = evidence;
  const values = scenario.steps.flatMap(exitOfOwnTest);
  for (const expectation of wantedValues(evidence)) {
    const step = steps.find(({ name }) => expectation.of.startsWith(`${name}.`));
    const planned = scenario.steps.find(({ name }) => name === step?.name);
    if (!step || !planned) continue;
    const outputs = await Promise.all(
      step.commands.map(async (command) => ({
        ...command,
        stdout: await readFile(path.join(dir, command.stdout), 'utf8'),
        stderr: await readFile(path.join(dir, command.stderr), 'utf8'),
      })),
    );
    const value = shellValue(expectation, step, kindOf(planned), planned.params as never, outputs);
    if (value) values.push(value);
  }
  return values;
}
