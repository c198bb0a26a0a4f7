import path from 'node:path';
import { DiskFull, type HarnessError } from '../common/errors.js';
import type { RunPlan } from '../plan/plan.js';
import { iommuOf, type OptionalEvidence, type Scenario, type Step } from '../scenario/scenario.js';
import type { PciMap } from '../vm/pci-map.js';
import { controlPrefix } from '../workload/control-steps.js';
import type { StepRun } from '../workload/run-step.js';
import type { BlockRange } from '../workload/step-kind.js';
import type { Accounting, MomentReading, Pool } from './accounting.js';
import { BarReader } from './bar-reader.js';
import type { EndEvidence, Evidence, MachineEvidence, StepEvidence } from './evidence.js';
import { joinLedgers } from './ledger.js';
import { MachineRecorder } from './machine-recorder.js';
import type { Symbols } from './symbolise.js';

type OpenStep = StepEvidence & { startedAt: number };
/** Of a step that moves checksummed blocks: which, and of what drive. */
export type MovedBlocks = { drive: string; ranges: BlockRange[] };

/** Collects a variant's evidence while it runs; finish() gives what there is, however far the run came. */
export class EvidenceRecorder {
  readonly #machines: Map<string, MachineRecorder>;
  readonly #steps: StepEvidence[] = [];
  readonly #bars: BarReader;
  #control: Evidence['control']['state'] = 'not-needed';
  #open: OpenStep | undefined;
  #end: EndEvidence | undefined;
  #sharedBoot: Evidence['sharedBoot'];
  #leftChanged: Evidence['leftChanged'];

  constructor(
    readonly scenario: Scenario,
    plan: RunPlan,
    readonly dir: string,
  ) {
    this.#bars = new BarReader(plan, dir);
    this.#machines = new Map(
      plan.machines.map((machine) => {
        const iommu = iommuOf(scenario.machines[machine.name]) !== undefined;
        return [machine.name, new MachineRecorder(machine, path.join(dir, machine.name), { iommu })];
      }),
    );
  }

  machine(name: string): MachineRecorder {
    const recorder = this.#machines.get(name);
    if (!recorder) throw new Error(`no machine ${name} in the plan`);
    return recorder;
  }

  /** Within a step: what was traced so far is read against the map as it was. */
  async remappedMeanwhile(machine: string, map: PciMap): Promise<void> {
    if (this.#open) this.#open.ledgers = await this.#ledgersWith(this.#open.ledgers);
    this.machine(machine).remapped(map);
  }

  poolBefore(device: string): Pool | undefined {
    return this.#idle('before')[device];
  }

  /** Whether every provider's pool ended as it began. */
  poolsAreWhole(): boolean {
    const end = this.#idle('end');
    const gone = new Set([...this.#machines.values()].flatMap(({ unpluggedAtEnd }) => unpluggedAtEnd));
    return Object.entries(this.#idle('before')).every(
      ([id, pool]) => gone.has(id) || pool.available === end[id]?.available,
    );
  }

  controlIs(state: Evidence['control']['state']): void {
    this.#control = state;
  }

  /**
   * What was traced since the last step is nobody's: partition scans, a connect.
   * @param moves what the step is to move: whatever else is in the BARs then is not its own
   */
  async beginStep(
    { name, kind, machine }: Step,
    { pools }: MomentReading,
    moves?: MovedBlocks,
  ): Promise<void> {
    await this.#readLedgers();
    if (moves && this.#collects('bars')) await this.#bars.remember(pools);
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

  /** What came first stands, but for a full disk: all else may follow from that, whenever it was noticed. */
  endedBy(error: HarnessError): void {
    const { blame, message, remedy, evidence } = error;
    const end = { blame, message, remedy, evidence: evidence && path.relative(this.dir, evidence) };
    if (error instanceof DiskFull) this.#end = { ...end, diskFull: true };
    else this.#end ??= end;
  }

  /** The machines ran before, for these variants. */
  bootHad(earlier: readonly string[]): void {
    this.#sharedBoot = { after: [...earlier] };
  }

  /** By machine: what is not as it was found, when that was looked at. */
  leftChanged(changes: Record<string, string[]>): void {
    this.#leftChanged = changes;
  }

  /** Call it when the VMs have ended, or are at rest: their consoles are whole then. */
  async finish(symbols: Symbols = {}): Promise<Evidence> {
    const machines: MachineEvidence[] = [];
    for (const recorder of this.#machines.values()) machines.push(await recorder.finish(symbols));
    const isControl = ({ name }: StepEvidence) => name.startsWith(controlPrefix);
    return {
      schema: 'p2plab.evidence/1',
      scenario: this.scenario,
      machines,
      steps: this.#steps.filter((step) => !isControl(step)),
      control: { state: this.#control, steps: this.#steps.filter(isControl) },
      end: this.#end,
      sharedBoot: this.#sharedBoot,
      leftChanged: this.#leftChanged,
    };
  }

  #collects(kind: OptionalEvidence): boolean {
    return !this.scenario.without.includes(kind);
  }

  async #readLedgers(): Promise<StepEvidence['ledgers']> {
    const read: StepEvidence['ledgers'] = {};
    for (const [name, recorder] of this.#machines) read[name] = await recorder.readLedger();
    return read;
  }

  async #ledgersWith(earlier: StepEvidence['ledgers']): Promise<StepEvidence['ledgers']> {
    const read = await this.#readLedgers();
    return Object.fromEntries(
      Object.entries(read).map(([name, ledger]) => [name, joinLedgers(earlier[name], ledger)]),
    );
  }

  #idle(when: 'before' | 'end'): Accounting {
    return Object.assign({}, ...[...this.#machines.values()].map((recorder) => recorder.idleAt(when)));
  }
}
