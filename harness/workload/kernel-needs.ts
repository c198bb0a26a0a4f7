import { isAtLeast } from '../kernel/kernel-version.js';
import type { KernelFacts } from '../plan/host-facts.js';
import { devicesOf, type Device, type Scenario, type Step } from '../scenario/scenario.js';
import { moduleOf } from './module.js';
import { variableName } from './own-test.js';
import { kindOf } from './step-kinds.js';

/** Kinds that map a provider's `allocate` (Documentation/ABI/testing/sysfs-bus-pci: January 2023, kernel 6.2). */
const mapping = [
  ...['fio', 'io-begin', 'p2p-io', 'fail-map', 'page-lookup', 'own-test'],
  ...['churn', 'copy', 'exhaust', 'hold', 'holders', 'map', 'removal', 'rules', 'sizes'].map(
    (kind) => `p2pmem-${kind}`,
  ),
];

/** Kinds that ask kernels/series/p2pmem-test. */
const asking = [
  ...['device-refs', 'p2p-paths', 'page-lookup'],
  ...['alloc', 'choice', 'cost', 'sgl', 'time'].map((kind) => `p2pmem-${kind}`),
];

/**
 * Why a kernel cannot do what the steps and expectations of a scenario are about, beside what its `needs` say: each a
 * sentence, none when it can. Of a kernel that came without its .config only the release is known.
 */
export function missingInKernel(scenario: Scenario, kernel: KernelFacts): string[] {
  const { name, release, symbols } = kernel;
  const lacks = (symbol: string) => symbols !== undefined && !symbols.has(symbol);
  const devices = Object.values(scenario.machines).flatMap(devicesOf);
  const providersOf = (step: Step) => providersIn(step, devices);
  const providers = usedProviders(scenario, providersOf);
  const ivshmems = devices
    .filter(({ id, type }) => type === 'ivshmem' && providers.has(id))
    .map(({ id }) => id);
  const mapped = scenario.steps.filter((step) => maps(step) && providersOf(step).length > 0);
  const asked = scenario.steps.filter(({ kind }) => asking.includes(kind));
  const overRdma = scenario.steps.some((step) => exportsOverRdma(step, scenario));
  return [
    ...(lacks('P2PMEM_IVSHMEM') && ivshmems.length > 0
      ? [
          `kernel ${name} is built without CONFIG_P2PMEM_IVSHMEM: it makes no p2pmem of ${ivshmems.join(', ')}`,
        ]
      : []),
    ...(lacks('P2PMEM_IVSHMEM') && overRdma
      ? [`kernel ${name} is without kernels/series/p2pdma-enable: its soft RDMA knows no peer-to-peer`]
      : []),
    ...(lacks('P2PMEM_TEST') && asked.length > 0 && !scenario.needs.kernel.includes('P2PMEM_TEST')
      ? [`kernel ${name} is built without CONFIG_P2PMEM_TEST, which ${stepsInWords(asked)}`]
      : []),
    ...(lacks('P2PMEM_TEST') && scenario.expect.some((e) => e.type === 'data' && e.configReads !== undefined)
      ? [
          `kernel ${name} is built without CONFIG_P2PMEM_TEST: no path was asked about before, so the first transfer reads config space`,
        ]
      : []),
    ...modulesMissing(scenario, kernel),
    ...(mapped.length > 0 && release !== undefined && isAtLeast(release, [6, 2]) === false
      ? [`kernel ${name} is Linux ${release}: user space has p2pmem from 6.2 on`]
      : []),
  ];
}

/** What is built in can be neither loaded nor unloaded. */
function modulesMissing({ steps }: Scenario, { name, symbols, guestModules }: KernelFacts): string[] {
  if (symbols === undefined) return [];
  const asked = steps.flatMap(({ kind, params }) => (kind === 'module' ? [moduleOf(params as object)] : []));
  const missing = [...new Set(asked)].filter((module) => !guestModules?.names.includes(module));
  return missing.map((module) => `kernel ${name} has no module ${module}: it is built in, or not there`);
}

/** A variant as a kernel can do it: what has no driver there is not bound to it again when all is over. */
export function asKernelCan(scenario: Scenario, { symbols }: KernelFacts): Scenario {
  if (symbols === undefined || symbols.has('P2PMEM_IVSHMEM') || !scenario.rebind) return scenario;
  const devices = Object.values(scenario.machines).flatMap(devicesOf);
  const hasDriver = (id: string) => devices.find((device) => device.id === id)?.type !== 'ivshmem';
  return { ...scenario, rebind: scenario.rebind.filter(hasDriver) };
}

const stepsInWords = (steps: readonly Step[]) =>
  steps.length === 1 ? `step ${steps[0]!.name} asks` : `steps ${steps.map((s) => s.name).join(', ')} ask`;

/** Ids of the providers whose memory a variant is about; others of its devices are there for the topology. */
function usedProviders({ steps, expect }: Scenario, providersOf: (step: Step) => string[]): Set<string> {
  const through = expect.flatMap((e) => (e.type === 'data' && e.through !== 'none' ? [e.through] : []));
  return new Set([...steps.flatMap(providersOf), ...through]);
}

/** A step of a program of the user's own names them by their variables. */
function providersIn(step: Step, devices: readonly Device[]): string[] {
  const { run } = step.params as { run?: string };
  if (step.kind === 'own-test')
    return devices.map(({ id }) => id).filter((id) => run?.includes(`${variableName(id)}_P2PMEM`));
  const references = kindOf(step).references?.(step.params as never) ?? [];
  return references.filter(({ want }) => want.includes('provider')).map(({ id }) => id);
}

/** The kernel's own allocations are mapped in part when they leave only so much. */
function maps({ kind, params }: Step): boolean {
  const { leave } = params as { leave?: number };
  return mapping.includes(kind) || (leave !== undefined && ['p2pmem-alloc', 'p2pmem-sgl'].includes(kind));
}

/** With p2pmem at once or later. Mainline's nvmet falls back to RAM without a word: soft RDMA cannot map peer memory. */
function exportsOverRdma({ kind, params }: Step, { steps, expect }: Scenario): boolean {
  if (kind !== 'nvmet-export') return false;
  const { transport, namespaces } = params as { transport: string; namespaces: { p2pmem: string }[] };
  if (transport !== 'rdma') return false;
  return (
    namespaces.some(({ p2pmem }) => p2pmem !== 'none') ||
    steps.some((step) => step.kind === 'nvmet-namespace' && setsProvider(step)) ||
    expect.some((e) => e.type === 'data' && e.through !== 'none')
  );
}

const setsProvider = (step: Step): boolean => providersIn(step, []).length > 0;
