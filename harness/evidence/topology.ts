import type { Guest } from '../guest/connect-guest.js';
import type { BarWindow } from '../vm/pci-map.js';
import type { AcsBit } from './topology-acs.js';
import { parseTopology } from './topology-parse.js';
import { topologyScript, type Questions } from './topology-script.js';

/** What the guest's kernel found, and what it answers to questions about peer-to-peer paths. */
export type TopologyEvidence = {
  cpu?: GuestCpu;
  functions: GuestFunction[];
  /** Undefined: this kernel has no module to ask (kernels/series/p2pmem-test). */
  answers?: { paths: PathAnswer[]; choices: ChoiceAnswer[] };
  /** From the question to the whole answer, as the host sees it. */
  ms: number;
};

export type GuestCpu = { vendor: string; family: number; model: number; name: string };

export type GuestFunction = {
  bdf: string;
  vendor: number;
  product: number;
  /** 24 bits: class, subclass, interface. */
  class: number;
  driver?: string;
  /** BDF of the bridge above; none on the root bus. */
  parent?: string;
  /** Number of the root bus that it is on or below; absent: 0. */
  rootBus?: number;
  iommuGroup?: string;
  /** Of the group's default domain: `DMA`, `DMA-FQ`, `identity`, … */
  iommuType?: string;
  bars: BarWindow[];
  /** Of a bridge that has the capability. */
  acs?: { capability: AcsBit[]; control: AcsBit[] };
  /** Of an NVMe controller that has one: the registers, and what they mean in bytes. */
  cmb?: { cmbsz: number; cmbloc: number; bar: number; offset: number; size: number };
  /** Its peer memory as registered with p2pdma. */
  pool?: { size: number; published: boolean };
};

/** By device id. `map` is `none` when the provider has no peer memory; without an answer there is an `error`. */
export type PathAnswer = { client: string; provider: string } & (
  { distance: number; map: 'bus' | 'host-bridge' | 'refused' | 'none' } | { error: string }
);
/** `provider` is `none`, or the BDF of one that the plan does not know. */
export type ChoiceAnswer = { client: string; provider: string } | { client: string; error: string };

/** Ids of the devices to ask about, and where they are. */
export type TopologyQuestions = {
  clients: readonly string[];
  providers: readonly string[];
  bdfs: ReadonlyMap<string, string>;
};

/** Asks a guest once, in one SSH command. To be done before pools are read: a question takes a page for a moment. */
export async function readTopology(
  guest: Guest,
  { clients, providers, bdfs }: TopologyQuestions,
  signal: AbortSignal,
): Promise<TopologyEvidence> {
  const present = (ids: readonly string[]) => ids.flatMap((id) => bdfs.get(id) ?? []);
  const questions: Questions = { clients: present(clients), providers: present(providers) };
  const startedAt = performance.now();
  const output = await guest.read(topologyScript(questions), signal);
  const ms = Math.round(performance.now() - startedAt);
  const idByBdf = new Map([...bdfs].map(([id, bdf]) => [bdf, id]));
  return { ...parseTopology(output.toString('latin1'), idByBdf), ms };
}
