import { isAtLeast } from '../kernel/kernel-version.js';
import type { KernelFacts } from '../plan/host-facts.js';
import { devicesOf, type Scenario, type Step } from '../scenario/scenario.js';
import { kindOf } from './step-kinds.js';

/** Kinds that map a provider's `allocate` (Documentation/ABI/testing/sysfs-bus-pci: January 2023, kernel 6.2). */
const mapping = [
  ...['fio', 'io-begin', 'p2p-io', 'fail-map', 'page-lookup'],
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
export function missingInKernel(scenario: Scenario, { name, release, symbols }: KernelFacts): string[] {
  const lacks = (symbol: string) => symbols !== undefined && !symbols.has(symbol);
  const providers = usedProviders(scenario);
  const ivshmems = Object.values(scenario.machines)
    .flatMap(devicesOf)
    .filter(({ id, type }) => type === 'ivshmem' && providers.has(id))
    .map(({ id }) => id);
  const mapped = scenario.steps.filter((step) => mapping.includes(step.kind) && providersOf(step).length > 0);
  const asked = scenario.steps.filter(({ kind }) => asking.includes(kind));
  const overRdma = scenario.steps.some(exportsP2pOverRdma);
  return [
    ...(lacks('P2PMEM_IVSHMEM') && ivshmems.length > 0
      ? [
          `kernel ${name} is built without CONFIG_P2PMEM_IVSHMEM: it makes no p2pmem of ${ivshmems.join(', ')}`,
        ]
      : []),
    ...(lacks('P2PMEM_IVSHMEM') && overRdma
      ? [`kernel ${name} is without kernels/series/p2pdma-enable: its soft RDMA knows no peer-to-peer`]
      : []),
    ...(lacks('P2PMEM_TEST') && asked.length > 0
      ? [`kernel ${name} is built without CONFIG_P2PMEM_TEST, which ${stepsInWords(asked)}`]
      : []),
    ...(mapped.length > 0 && release !== undefined && isAtLeast(release, [6, 2]) === false
      ? [`kernel ${name} is Linux ${release}: user space has p2pmem from 6.2 on`]
      : []),
  ];
}

const stepsInWords = (steps: readonly Step[]) =>
  steps.length === 1 ? `step ${steps[0]!.name} asks` : `steps ${steps.map((s) => s.name).join(', ')} ask`;

/** Ids of the providers whose memory a variant is about; others of its devices are there for the topology. */
function usedProviders({ steps, expect, rebind = [] }: Scenario): Set<string> {
  const through = expect.flatMap((e) => (e.type === 'data' && e.through !== 'none' ? [e.through] : []));
  return new Set([...steps.flatMap(providersOf), ...through, ...rebind]);
}

function providersOf(step: Step): string[] {
  const references = kindOf(step).references?.(step.params as never) ?? [];
  return references.filter(({ want }) => want.includes('provider')).map(({ id }) => id);
}

/** Mainline's nvmet falls back to RAM there without a word, as soft RDMA cannot map peer memory. */
function exportsP2pOverRdma({ kind, params }: Step): boolean {
  if (kind !== 'nvmet-export') return false;
  const { transport, namespaces } = params as { transport: string; namespaces: { p2pmem: string }[] };
  return transport === 'rdma' && namespaces.some(({ p2pmem }) => p2pmem !== 'none');
}
