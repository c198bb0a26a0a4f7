import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { mainBenchLab } from '../labs/bench-lab.js';
import type { BenchBoot, BenchSide } from '../benchmark/bench-document.js';
import { scenarioId } from '../scenario/scenario-id.js';
import { selectVariants } from '../cli/find-scenarios.js';
import { packageRoot } from '../common/paths.js';
import { defaultKernel } from '../kernel/ensure-kernel.js';
import type { BootRun } from '../benchmark/run-bench.js';
import type { Measurement } from '../cost/measurement.js';

/** A boot of one kernel: `kernel` is `base`, or the patch on top of it. */
export type StoredBoot = Pick<BenchBoot, 'startedAt' | 'load' | 'measurements' | 'costs'> & {
  key: string;
  kernel: string;
  kernelId: string;
};

export type Wanted = { key: string; kernel: string; kinds: Measurement['kind'][] };

export const powerScenario = path.join(packageRoot, 'harness/bench/power.yaml');
export const powerPatch = (name: string): string => path.join(packageRoot, 'kernels/power', `${name}.patch`);

/** Boots of a folder, kept so that a script that is started again goes on where it was. */
export class BootStore {
  private constructor(
    readonly dir: string,
    readonly boots: StoredBoot[],
  ) {}

  static async open(dir: string): Promise<BootStore> {
    await mkdir(dir, { recursive: true });
    const text = await readFile(path.join(dir, 'boots.json'), 'utf8').catch(() => '[]');
    return new BootStore(dir, JSON.parse(text) as StoredBoot[]);
  }

  get(key: string): StoredBoot | undefined {
    return this.boots.find((boot) => boot.key === key);
  }

  /** Looked up, or booted: one at a time, alone. */
  async boot({ key, kernel, kinds }: Wanted, signal: AbortSignal): Promise<StoredBoot> {
    const known = this.get(key);
    if (known) return known;
    const [variant] = await selectVariants({ names: [powerScenario] });
    const side: BenchSide = {
      ...{ label: kernel, kernel: defaultKernel, set: {}, variant: {}, scenarioId: scenarioId(variant!) },
      patches: kernel === 'base' ? [] : [powerPatch(kernel)],
    };
    const silent = { name: 'power', on: () => {} };
    const options = { image: 'base', accelerator: 'tcg' as const, reporter: silent, complain: console.error };
    const sides = { base: side, head: side, kinds };
    const lab = mainBenchLab(sides, { base: variant!, head: variant! }, options, signal);
    const startedAt = new Date().toISOString();
    const load = Math.round(os.loadavg()[0]! * 100) / 100;
    const folder = path.join(this.dir, 'run');
    await rm(folder, { recursive: true, force: true });
    const run = await lab.boot('head', folder, { controls: false, cost: kinds.includes('exact') });
    return this.#keep({ ...storedOf(run), key, kernel, startedAt, load });
  }

  async #keep(boot: StoredBoot): Promise<StoredBoot> {
    this.boots.push(boot);
    const file = path.join(this.dir, 'boots.json');
    await writeFile(`${file}.new`, JSON.stringify(this.boots));
    await rename(`${file}.new`, file);
    return boot;
  }
}

const storedOf = ({ measurements, costs, kernel: { id } }: BootRun) => ({
  measurements,
  costs,
  kernelId: id,
});
