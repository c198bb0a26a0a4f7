import path from 'node:path';
import type { MachinePlan } from '../plan/plan.js';
import { vmFiles } from '../plan/qemu-argv.js';
import type { PciMap } from '../vm/pci-map.js';
import type { Accounting } from './accounting.js';
import { collectKernelLog } from './collect-kernel-log.js';
import { DmaLedgerReader } from './dma-ledger.js';
import type { MachineEvidence, StepEvidence } from './evidence.js';
import type { LateRebind, Rebind } from './rebind.js';
import type { ModuleReferences } from './module-references.js';
import type { References } from './references.js';
import { RegionMap } from './region-map.js';
import type { Symbols } from './symbolise.js';
import { untranslatedDevices } from './topology-iommu.js';
import { readPathLog } from './topology-log.js';
import type { TopologyEvidence } from './topology.js';

/** Collects what becomes of one machine of a variant. */
export class MachineRecorder {
  readonly #evidence: MachineEvidence;
  readonly #ledger: DmaLedgerReader;
  #regions = new RegionMap({ devices: [], ram: [] });
  /** Ids of the devices that QEMU had when it was last asked. */
  #present: ReadonlySet<string> = new Set();
  /** Devices whose addresses are physical although the machine has an IOMMU. */
  #untranslated: ReadonlySet<string> = new Set();

  /** @param dir the machine's folder */
  constructor(
    { name, bridges, devices }: MachinePlan,
    readonly dir: string,
    options: { iommu: boolean },
  ) {
    const drives = new Map(
      devices.flatMap(({ id, nsid }) => (nsid === undefined ? [] : [[nsid, id] as const])),
    );
    this.#ledger = new DmaLedgerReader(path.join(dir, vmFiles.dmaTrace), drives, options);
    const log = { findings: [], more: 0 };
    this.#evidence = { name, planned: { bridges, devices }, idle: {}, log };
  }

  booted({ bootMs, sshMs, actual }: { bootMs: number; sshMs: number; actual: PciMap }): void {
    Object.assign(this.#evidence, { bootMs: Math.round(bootMs), sshMs: Math.round(sshMs) });
    this.found(actual);
  }

  /** One that runs, and what QEMU has mapped before the first step. */
  found(actual: PciMap): void {
    this.#evidence.actual = actual;
    this.remapped(actual);
  }

  /** Of QEMU: its peak memory, and its processor time for this variant. */
  used(bytes: number | undefined, processorSeconds: number | undefined): void {
    if (bytes !== undefined) this.#evidence.peakMemoryBytes = bytes;
    if (processorSeconds !== undefined) this.#evidence.processorSeconds = processorSeconds;
  }

  get actual(): PciMap | undefined {
    return this.#evidence.actual;
  }

  get hasBooted(): boolean {
    return this.#evidence.bootMs !== undefined;
  }

  /** BARs may have moved (hotplug): addresses from now on are read against this map. */
  remapped(map: PciMap): void {
    this.#regions = new RegionMap(map);
    this.#present = new Set(map.devices.map(({ id }) => id));
  }

  /** A step ended the machine, as it was meant to. */
  ended(step: string): void {
    this.#evidence.endedBy = step;
  }

  topology(topology: TopologyEvidence): void {
    this.#evidence.topology = topology;
    this.#untranslated = untranslatedDevices(topology, this.idByBdf());
  }

  idle(when: 'before' | 'after' | 'end', accounting: Accounting): void {
    const { idle, planned, unplugged } = this.#evidence;
    idle[when] = accounting;
    const gone = planned.devices.flatMap(({ id }) => (this.#present.has(id) ? [] : [id]));
    if (when !== 'before' && gone.length > 0) this.#evidence.unplugged = { ...unplugged, [when]: gone };
  }

  idleAt(when: 'before' | 'end'): Accounting | undefined {
    return this.#evidence.idle[when];
  }

  get unpluggedAtEnd(): readonly string[] {
    return this.#evidence.unplugged?.end ?? [];
  }

  references(when: 'before' | 'end', references: References): void {
    this.#evidence.references = { ...this.#evidence.references, [when]: references };
  }

  moduleReferences(when: 'before' | 'end', references: ModuleReferences): void {
    this.#evidence.moduleReferences = { ...this.#evidence.moduleReferences, [when]: references };
  }

  get modulesBefore(): ModuleReferences | undefined {
    return this.#evidence.moduleReferences?.before;
  }

  scannedForLeaks(scanned: boolean): void {
    this.#evidence.leakScan = scanned;
  }

  rebound(rebind: Rebind | LateRebind): void {
    this.#evidence.rebinds = [...(this.#evidence.rebinds ?? []), rebind];
  }

  bdfs(): Map<string, string> {
    return new Map(this.#evidence.actual?.devices.map(({ id, bdf }) => [id, bdf]));
  }

  idByBdf(): Map<string, string> {
    return new Map([...this.bdfs()].map(([id, bdf]) => [bdf, id]));
  }

  /** What was traced since it was last read. */
  async readLedger(): Promise<StepEvidence['ledgers'][string]> {
    return this.#ledger.readOn(this.#regions, this.#untranslated);
  }

  /** Call it when the VM has ended: its console is whole then. */
  async finish(symbols: Symbols): Promise<MachineEvidence> {
    const log = await collectKernelLog(this.dir, symbols);
    const pathLog = await readPathLog(path.join(this.dir, vmFiles.console), this.idByBdf());
    const { firstIoMs } = this.#ledger;
    return { ...this.#evidence, ...(firstIoMs !== undefined && { firstIoMs }), pathLog, log };
  }
}
