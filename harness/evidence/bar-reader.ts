import path from 'node:path';
import type { RunPlan } from '../plan/plan.js';
import { vmFiles } from '../plan/qemu-argv.js';
import type { BlockRange } from '../workload/step-kind.js';
import type { Accounting } from './accounting.js';
import {
  compareBar,
  eraseBlocks,
  readBarBlocks,
  type BarFindings,
  type BarSnapshot,
} from './bar-contents.js';

/** Reads the memory behind the ivshmem BARs of a run, from the host, step by step. */
export class BarReader {
  readonly #bars: { id: string; file: string }[];
  readonly #disks: Map<string, string>;
  readonly #earlier = new Map<string, BarSnapshot>();

  constructor(plan: RunPlan, dir: string) {
    const files = plan.machines.flatMap(({ name, devices }) =>
      devices.map(({ id, device }) => ({
        id,
        type: device.type,
        file: (of: string) => path.join(dir, name, of),
      })),
    );
    this.#bars = files
      .filter(({ type }) => type === 'ivshmem')
      .map(({ id, file }) => ({ id, file: file(vmFiles.bar(id)) }));
    const drives = files.filter(({ type }) => type === 'nvme');
    this.#disks = new Map(drives.map(({ id, file }) => [id, file(vmFiles.disk(id))]));
  }

  /**
   * What is in the BARs from now on is the next step's. Where nobody holds memory of a pool, the blocks of earlier
   * steps are made unrecognisable, since a step that moves the same block to the same place would leave no trace.
   */
  async remember(pools: Accounting): Promise<void> {
    for (const { id, file } of this.#bars) {
      const { available, size } = pools[id] ?? { available: 0, size: NaN };
      const { blocks, snapshot } = await readBarBlocks(file);
      const isIdle = available === size;
      if (isIdle) await eraseBlocks(file, blocks);
      this.#earlier.set(id, isIdle ? new Map() : snapshot);
    }
  }

  /** What came into each BAR since, compared with the drive's disk. */
  async compare({
    drive,
    ranges,
  }: {
    drive: string;
    ranges: BlockRange[];
  }): Promise<Record<string, BarFindings>> {
    const disk = this.#disks.get(drive);
    if (disk === undefined) return {};
    const found: Record<string, BarFindings> = {};
    for (const { id, file } of this.#bars) {
      found[id] = await compareBar(file, disk, this.#earlier.get(id) ?? new Map(), ranges);
    }
    return found;
  }
}
