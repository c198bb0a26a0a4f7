import type { Evidence } from '../evidence/evidence.js';
import type { GuestFunction, TopologyEvidence } from '../evidence/topology.js';
import { predictChoice } from '../plan/predict-choice.js';
import { predictPaths } from '../plan/predict.js';
import { ivshmem, machine, machinesOf, MiB, nvme, scenario } from '../plan/sample.test.support.js';
import type { MachinePlan } from '../plan/plan.js';
import type { Device, Machine, Slot, Step } from '../scenario/scenario.js';
import type { ActualDevice } from '../vm/pci-map.js';

export const twoPorts: Device[] = [nvme('nvme0', 32 * MiB), ivshmem('shm0')];
export const oneSwitch: Slot[] = [{ type: 'switch', ports: twoPorts }];

/** Evidence of a run on an EPYC in which plan, QEMU and guest agree; `change` may spoil that. */
export function agreeing(
  slots: Machine['pcie'],
  change: (parts: {
    actual: ActualDevice[];
    topology: TopologyEvidence;
    machine: Machine;
  }) => void = () => {},
  steps: Step[] = [],
): Evidence {
  const host = machine(...slots);
  const [plan] = machinesOf(scenario({ host }));
  const planned = { bridges: plan!.bridges, devices: plan!.devices };
  const actual = actualOf(plan!);
  const topology = guestOf(plan!, actual);
  change({ actual, topology, machine: host });
  return {
    schema: 'p2plab.evidence/1',
    scenario: scenario({ host }, { steps }),
    machines: [
      {
        name: 'host',
        planned,
        actual: { devices: actual, ram: [] },
        topology,
        idle: {},
        log: { findings: [], more: 0, uncounted: [] },
      },
    ],
    steps: [],
    control: { state: 'not-needed', steps: [] },
  };
}

function actualOf({ bridges, devices }: MachinePlan): ActualDevice[] {
  const functions = [...bridges, ...devices];
  return functions.map(({ id, bdf }, n) => {
    const start = 0xf000_0000 + n * 0x10_0000;
    return { id, bdf, vendor: 0x1b36, product: n + 1, bars: [{ bar: 0, start, end: start + 0x1000 }] };
  });
}

function guestOf({ bridges, devices }: MachinePlan, actual: ActualDevice[]): TopologyEvidence {
  const bdfs = new Map(actual.map(({ id, bdf }) => [id, bdf]));
  const places = [...bridges, ...devices];
  const functions = places.map(({ id, bdf, behind, rootBus }): GuestFunction => {
    const { vendor, product, bars } = actual.find((a) => a.id === id)!;
    const planned = devices.find((d) => d.id === id);
    const cmb = planned?.device.type === 'nvme' ? planned.device.cmb : 0;
    return {
      ...{ bdf, vendor, product, class: 0, driver: planned?.device.type ?? 'pcieport' },
      ...{ parent: bdfs.get(behind.at(-1) ?? ''), bars: structuredClone(bars) },
      ...(rootBus !== undefined && { rootBus }),
      ...(cmb > 0 && { cmb: { cmbsz: 0, cmbloc: 0, bar: 2, offset: 0, size: cmb } }),
      ...(planned?.provider && { pool: { size: MiB, published: true } }),
    };
  });
  const cpu = { vendor: 'AuthenticAMD', family: 0x17, model: 1, name: 'AMD EPYC Processor' };
  const paths = predictPaths({ bridges, devices, cpu, acsRedirects: new Set() });
  const clients = [...new Set(paths.map(({ client }) => client))];
  return {
    cpu,
    functions,
    answers: {
      paths: paths.map(({ client, provider, distance, map }) => {
        return { client, provider, distance, map: map as 'bus' | 'host-bridge' };
      }),
      choices: clients.map((client) => {
        return { client, provider: predictChoice([client], paths).providers[0] ?? 'none' };
      }),
    },
    ms: 100,
  };
}
