import { execa } from 'execa';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { contentId, ensureArtifact } from '../common/artifact-store.js';
import { HarnessError } from '../common/errors.js';
import { cacheDir } from '../common/paths.js';
import type { GuestModules } from './kernel.js';
import { moduleName, readModinfo, type Modinfo } from './modinfo.js';

/** To be raised when what is made of the same module files changes. */
const version = 'guest modules 1';

/** Kernels of p2plab's have few modules; of a distribution's thousands a guest gets those that it may need. */
const takeAll = 100;

/** Loaded before the first step: what a kernel of p2plab's own has built in. Others come when the kernel asks for them. */
export const loadedAtBoot: readonly string[] = [
  ...['nvme', 'p2pmem_ivshmem', 'e1000e'],
  ...['nvme_fabrics', 'nvme_rdma', 'nvme_tcp', 'nvmet', 'nvmet_rdma', 'nvmet_tcp', 'nvme_loop'],
  ...['rdma_cm', 'rdma_ucm', 'ib_uverbs', 'rdma_rxe', 'siw'],
  ...['p2pmem_test', 'kunit', 'p2pmem_kunit_test', 'aer_inject'],
];

/** Asked for by their algorithm, which is no dependency: soft RDMA and NVMe over TCP have checksums. */
const checksums = /^(lib)?crc32/;

type Module = Modinfo & { name: string; file: string; ko: Buffer };

/**
 * Makes the folder that a guest gets as /lib/modules/RELEASE, once for the same modules: the files without debug
 * information, and what modprobe looks up in.
 * @param files all *.ko of the kernel; not compressed
 * @returns undefined when none of them is of use in a guest
 * @throws HarnessError(scenario) for a file that is no module; Interrupted
 */
export async function ensureGuestModules(
  files: readonly string[],
  signal: AbortSignal,
): Promise<GuestModules | undefined> {
  const modules = await readWanted(files);
  if (modules.length === 0) return undefined;
  const names = modules.map(({ name }) => name);
  const { dir } = await ensureArtifact({
    store: path.join(cacheDir(), 'modules'),
    id: contentId([version, ...modules.flatMap(({ name, ko }) => [name, ko])]),
    signal,
    build: async (into) => {
      const folder = path.join(into, 'files');
      await mkdir(folder);
      for (const module of modules) await copyStripped(module, folder, signal);
      await writeFile(
        path.join(folder, 'modules.dep'),
        modules.map((m) => dependencyLine(m, modules)).join(''),
      );
      await writeFile(path.join(folder, 'modules.alias'), modules.map(aliasLines).join(''));
      return { names };
    },
  });
  return { dir: path.join(dir, 'files'), names, atBoot: loadedAtBoot.filter((name) => names.includes(name)) };
}

async function readWanted(files: readonly string[]): Promise<Module[]> {
  const byName = new Map(files.map((file) => [moduleName(path.basename(file, '.ko')), file]));
  const wanted = new Map<string, Module>();
  const take = async (name: string): Promise<void> => {
    const file = byName.get(name);
    if (file === undefined || wanted.has(name)) return;
    const ko = await readFile(file);
    const module = { name, file, ko, ...modinfoOf(ko, file) };
    wanted.set(name, module);
    for (const other of module.depends) await take(other);
  };
  const few = files.length <= takeAll;
  const first = few ? [...byName.keys()] : [...byName.keys()].filter((name) => isOfUse(name));
  for (const name of first) await take(name);
  return [...wanted.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

const isOfUse = (name: string): boolean => loadedAtBoot.includes(name) || checksums.test(name);

function modinfoOf(ko: Buffer, file: string): Modinfo {
  try {
    return readModinfo(ko);
  } catch (error) {
    throw new HarnessError('scenario', `${file} is no kernel module: ${(error as Error).message}`, {
      remedy: 'build the modules again: make modules',
    });
  }
}

/** Debug information is ten times the code, and nobody in the guest reads it; where there is no strip, it stays. */
async function copyStripped({ name, file }: Module, folder: string, signal: AbortSignal): Promise<void> {
  const to = path.join(folder, `${name}.ko`);
  const { failed } = await execa('strip', ['--strip-debug', '-o', to, file], {
    reject: false,
    cancelSignal: signal,
  });
  if (failed) await copyFile(file, to);
}

/** As depmod writes it: all that must be there first, the nearest first. */
function dependencyLine(module: Module, modules: readonly Module[]): string {
  const before = new Set<string>();
  const visit = ({ depends }: Module) => {
    const next = depends.flatMap((name) => modules.find((m) => m.name === name) ?? []);
    for (const { name } of next) {
      before.delete(name); // for the order: behind all that use it
      before.add(name);
    }
    next.forEach(visit);
  };
  visit(module);
  return [`${module.name}.ko:`, ...[...before].map((name) => `${name}.ko`)].join(' ') + '\n';
}

const aliasLines = ({ name, aliases }: Module): string =>
  aliases.map((alias) => `alias ${alias} ${name}\n`).join('');
