import type { Blame } from '../common/errors.js';
import type { MachinePlan } from '../plan/plan.js';
import type { Scenario } from '../scenario/scenario.js';
import type { PciMap } from '../vm/pci-map.js';
import type { StepRun } from '../workload/run-step.js';
import type { Accounting, StepAccounting } from './accounting.js';
import type { BarFindings } from './bar-contents.js';
import type { Ledger } from './ledger.js';
import type { KernelLog } from './kernel-log.js';
import type { LateRebind, Rebind } from './rebind.js';
import type { ModuleReferences } from './module-references.js';
import type { References } from './references.js';
import type { PathLog } from './topology-log.js';
import type { TopologyEvidence } from './topology.js';

/** Everything about one variant's run that the verdict is made of; written as evidence.json, so plain JSON. */
export type Evidence = {
  schema: 'p2plab.evidence/1';
  scenario: Scenario;
  machines: MachineEvidence[];
  steps: StepEvidence[];
  /** Whether the claims of peer-to-peer were run again with peer memory off, and what those steps showed. */
  control: { state: 'run' | 'off' | 'not-needed'; steps: StepEvidence[] };
  /** Why it stopped before the last step was through. */
  end?: EndEvidence;
  /** Titles of the variants that ran on the same boot before it, and left it as they found it. */
  sharedBoot?: { after: string[] };
  /** By machine: for what no other variant could follow on this boot, when one wanted to. */
  leftChanged?: Record<string, string[]>;
};

export type EndEvidence = {
  blame: Blame;
  message: string;
  remedy: string;
  evidence?: string;
  /** The disk of the run folder was full. */
  diskFull?: true;
};

export type MachineEvidence = {
  name: string;
  bootMs?: number;
  /** From exec of QEMU to the answer of the first command over SSH. */
  sshMs?: number;
  /** From the first trace of the firmware to the first NVMe command with data, when the trace has times. */
  firstIoMs?: number;
  planned: Pick<MachinePlan, 'bridges' | 'devices'>;
  /** The most memory that QEMU had until the end, when it was still there: bytes. */
  peakMemoryBytes?: number;
  /** Processor time of QEMU for this variant until the end, when it was still there. */
  processorSeconds?: number;
  /** What QEMU had mapped when the guest was ready. */
  actual?: PciMap;
  /** What the guest found then, and its kernel's answers about peer-to-peer paths. */
  topology?: TopologyEvidence;
  /** What the kernel's log says about peer-to-peer paths. */
  pathLog?: PathLog;
  /** Before the first step, after the last, and at the end, when what the steps set up has been taken back. */
  idle: { before?: Accounting; after?: Accounting; end?: Accounting };
  /** Devices that QEMU did not have any more at these moments. */
  unplugged?: { after?: string[]; end?: string[] };
  /** The step that ended the machine, as it was meant to. */
  endedBy?: string;
  /** References on the PCI devices of drives and providers, by device id, at the same moments. */
  references?: { before?: References; end?: References };
  /** Of a kernel with modules, at the same moments. */
  moduleReferences?: { before?: ModuleReferences; end?: ModuleReferences };
  /** Of the providers that the scenario asks to rebind, in that order. */
  rebinds?: (Rebind | LateRebind)[];
  /** Whether kmemleak looked for leaks at the end; what it found is in the log. */
  leakScan?: boolean;
  log: KernelLog;
};

/** `ledgers` and `accounting` are by machine name. */
export type StepEvidence = StepRun & {
  name: string;
  kind: string;
  machine: string;
  ms: number;
  ledgers: Record<string, Ledger>;
  /** Of every machine. */
  accounting: StepAccounting;
  /** What the host found in the memory behind each ivshmem BAR, by device id. */
  bars: Record<string, BarFindings>;
};
