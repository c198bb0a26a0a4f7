import path from 'node:path';
import type { HarnessError } from '../common/errors.js';
import type { MachinePlan, RunPlan } from '../plan/plan.js';
import { vmFiles } from '../plan/qemu-argv.js';
import { iommuOf, type OptionalEvidence, type Scenario, type Step } from '../scenario/scenario.js';
import type { PciMap } from '../vm/pci-map.js';
import { controlPrefix } from '../workload/control-steps.js';
import type { StepRun } from '../workload/run-step.js';
import type { BlockRange } from '../workload/step-kind.js';
import type { Accounting, MomentReading, Pool } from './accounting.js';
import { BarReader } from './bar-reader.js';
import { collectKernelLog } from './collect-kernel-log.js';
import { DmaLedgerReader } from './dma-ledger.js';
import type { EndEvidence, Evidence, MachineEvidence, StepEvidence } from './evidence.js';
import { joinLedgers } from './ledger.js';
import type { LateRebind, Rebind } from './rebind.js';
import type { References } from './references.js';
import { RegionMap } from './region-map.js';
import type { Symbols } from './symbolise.js';
import { untranslatedDevices } from './topology-iommu.js';
import { readPathLog } from './topology-log.js';
import type { TopologyEvidence } from './topology.js';

type Recorded = MachineEvidence & {
  plan: MachinePlan;
  ledger: DmaLedgerReader;
  regions: RegionMap;
  /** Ids of the devices that QEMU had when it was last asked. */
  present: ReadonlySet<string>;
  /** Devices whose addresses are physical although the machine has an IOMMU. */
  untranslated: ReadonlySet<string>;
};
type OpenStep = StepEvidence & { startedAt: number };
/** Of a step that moves checksummed blocks: which, and of what drive. */
export type MovedBlocks = { drive: string; ranges: BlockRange[] };

/** Collects a variant's evidence while it runs; finish() gives what there is, however far the run came. */
export class EvidenceRecorder {
  readonly #machines: Map<string, Recorded>;
  readonly #steps: StepEvidence[] = [];
  readonly #bars: BarReader;
  #control: Evidence['control']['state'] = 'not-needed';
  #open: OpenStep | undefined;
  #end: EndEvidence | undefined;

  constructor(
    readonly scenario: Scenario,
    plan: RunPlan,
    readonly dir: string,
  ) {
    this.#bars = new BarReader(plan, dir);
    this.#machines = new Map(
      plan.machines.map((machine) => {
        const { name, bridges, devices } = machine;
        const drives = new Map(
          devices.flatMap(({ id, nsid }) => (nsid === undefined ? [] : [[nsid, id] as const])),
        );
        const ledger = new DmaLedgerReader(path.join(dir, name, vmFiles.dmaTrace), drives, {
          iommu: iommuOf(scenario.machines[name]) !== undefined,
        });
        const regions = new RegionMap({ devices: [], ram: [] });
        const log = { findings: [], more: 0 };
        const planned = { bridges, devices };
        const untranslated = new Set<string>();
        const present = new Set<string>();
        const evidence = { name, planned, idle: {}, log };
        return [name, { ...evidence, plan: machine, ledger, regions, present, untranslated }];
      }),
    );
  }

  booted(machine: string, boot: { bootMs: number; sshMs: number; actual: PciMap }): void {
    const record = this.#machine(machine);
    Object.assign(record, { ...boot, bootMs: Math.round(boot.bootMs), sshMs: Math.round(boot.sshMs) });
    this.remapped(machine, boot.actual);
  }

  hasBooted(machine: string): boolean {
    return this.#machine(machine).bootMs !== undefined;
  }

  /** BARs may have moved (hotplug): addresses from now on are read against this map. */
  remapped(machine: string, map: PciMap): void {
    const record = this.#machine(machine);
    record.regions = new RegionMap(map);
    record.present = new Set(map.devices.map(({ id }) => id));
  }

  /** Within a step: what was traced so far is read against the map as it was. */
  async remappedMeanwhile(machine: string, map: PciMap): Promise<void> {
    if (this.#open) this.#open.ledgers = await this.#ledgersWith(this.#open.ledgers);
    this.remapped(machine, map);
  }

  /** A step ended the machine, as it was meant to. */
  ended(machine: string, step: string): void {
    this.#machine(machine).endedBy = step;
  }

  topology(machine: string, topology: TopologyEvidence): void {
    const record = this.#machine(machine);
    record.topology = topology;
    record.untranslated = untranslatedDevices(topology, this.idByBdf(machine));
  }

  idle(machine: string, when: 'before' | 'after' | 'end', accounting: Accounting): void {
    const record = this.#machine(machine);
    record.idle[when] = accounting;
    const { present, planned } = record;
    const unplugged = planned.devices.flatMap(({ id }) => (present.has(id) ? [] : [id]));
    if (when !== 'before' && unplugged.length > 0)
      record.unplugged = { ...record.unplugged, [when]: unplugged };
  }

  references(machine: string, when: 'before' | 'end', references: References): void {
    const record = this.#machine(machine);
    record.references = { ...record.references, [when]: references };
  }

  scannedForLeaks(machine: string, scanned: boolean): void {
    this.#machine(machine).leakScan = scanned;
  }

  rebound(machine: string, rebind: Rebind | LateRebind): void {
    const record = this.#machine(machine);
    record.rebinds = [...(record.rebinds ?? []), rebind];
  }

  poolBefore(device: string): Pool | undefined {
    return this.#idle('before')[device];
  }

  /** Whether every provider's pool ended as it began. */
  poolsAreWhole(): boolean {
    const end = this.#idle('end');
    const gone = new Set([...this.#machines.values()].flatMap(({ unplugged }) => unplugged?.end ?? []));
    return Object.entries(this.#idle('before')).every(
      ([id, pool]) => gone.has(id) || pool.available === end[id]?.available,
    );
  }

  controlIs(state: Evidence['control']['state']): void {
    this.#control = state;
  }

  /** What was traced since the last step is nobody's: partition scans, a connect. */
  async beginStep({ name, kind, machine }: Step, { pools }: MomentReading): Promise<void> {
    await this.#readLedgers();
    if (this.#collects('bars')) await this.#bars.remember(pools);
    this.#open = {
      ...{ name, kind, machine, ms: 0, commands: [], samples: [], ledgers: {}, bars: {} },
      accounting: { before: pools },
      startedAt: performance.now(),
    };
  }

  async stepRan(
    run: StepRun,
    { pools, lowest }: MomentReading,
    moved: MovedBlocks | undefined,
  ): Promise<void> {
    const open = this.#open!;
    Object.assign(open, run);
    Object.assign(open.accounting, { after: pools, lowest });
    if (moved && this.#collects('bars')) open.bars = await this.#bars.compare(moved);
  }

  async endStep(): Promise<StepEvidence> {
    const { startedAt, ...step } = this.#open!;
    step.ms = Math.round(performance.now() - startedAt);
    step.ledgers = await this.#ledgersWith(step.ledgers);
    this.#steps.push(step);
    this.#open = undefined;
    return step;
  }

  /** What came first stands. */
  endedBy({ blame, message, remedy, evidence }: HarnessError): void {
    this.#end ??= { blame, message, remedy, evidence: evidence && path.relative(this.dir, evidence) };
  }

  bdfs(machine: string): Map<string, string> {
    return new Map(this.#machine(machine).actual?.devices.map(({ id, bdf }) => [id, bdf]));
  }

  idByBdf(machine: string): Map<string, string> {
    return new Map([...this.bdfs(machine)].map(([id, bdf]) => [bdf, id]));
  }

  /** Call it when the VMs have ended: their consoles are whole then. */
  async finish(symbols: Symbols = {}): Promise<Evidence> {
    const machines: MachineEvidence[] = [];
    for (const record of this.#machines.values()) {
      const {
        plan: _plan,
        ledger,
        regions: _regions,
        present: _present,
        untranslated: _untranslated,
        ...machine
      } = record;
      const console = path.join(this.dir, machine.name, vmFiles.console);
      const log = await collectKernelLog(path.join(this.dir, machine.name), symbols);
      const pathLog = await readPathLog(console, this.idByBdf(machine.name));
      const { firstIoMs } = ledger;
      machines.push({ ...machine, ...(firstIoMs !== undefined && { firstIoMs }), pathLog, log });
    }
    const isControl = ({ name }: StepEvidence) => name.startsWith(controlPrefix);
    return {
      schema: 'p2plab.evidence/1',
      scenario: this.scenario,
      machines,
      steps: this.#steps.filter((step) => !isControl(step)),
      control: { state: this.#control, steps: this.#steps.filter(isControl) },
      end: this.#end,
    };
  }

  #collects(kind: OptionalEvidence): boolean {
    return !this.scenario.without.includes(kind);
  }

  async #readLedgers(): Promise<StepEvidence['ledgers']> {
    const read: StepEvidence['ledgers'] = {};
    for (const [name, { ledger, regions, untranslated }] of this.#machines)
      read[name] = await ledger.readOn(regions, untranslated);
    return read;
  }

  async #ledgersWith(earlier: StepEvidence['ledgers']): Promise<StepEvidence['ledgers']> {
    const read = await this.#readLedgers();
    return Object.fromEntries(
      Object.entries(read).map(([name, ledger]) => [name, joinLedgers(earlier[name], ledger)]),
    );
  }

  #idle(when: 'before' | 'end'): Accounting {
    return Object.assign({}, ...[...this.#machines.values()].map(({ idle }) => idle[when]));
  }

  #machine(name: string): Recorded {
    const record = this.#machines.get(name);
    if (!record) throw new Error(`no machine ${name} in the plan`);
    return record;
  }
}
