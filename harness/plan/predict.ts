import type { PlannedDevice } from './plan.js';
import type { PlacedBridge } from './place-devices.js';
import { cpuText, type CpuIdentity } from './predict-cpu.js';

/** How the kernel lets a client reach a provider's memory. */
export type PathMap = 'bus' | 'host-bridge' | 'refused' | 'unknown';

/** What drivers/pci/p2pdma.c of Linux 6.12 must say of one client and one provider. */
export type PathPrediction = {
  client: string;
  provider: string;
  /** Steps up from both to the bridge that they share, or past the root complex when they share none. */
  distance: number;
  map: PathMap;
  /** Why, as one sentence. */
  rule: string;
  /** Function of drivers/pci/p2pdma.c that decides. */
  decidedBy: string;
  /** Bridges from the client up to the common one and down to the provider; `host bridge` is the root complex. */
  path: string[];
};

export type Hierarchy = {
  bridges: readonly PlacedBridge[];
  devices: readonly Pick<PlannedDevice, 'id' | 'device' | 'behind' | 'provider' | 'rootBus'>[];
  /** Undefined: nothing can be said of paths through the host bridge. */
  cpu: CpuIdentity | undefined;
  /** Bridges with ACS redirection; undefined: nothing can be said of paths below one that may have it. */
  acsRedirects: ReadonlySet<string> | undefined;
};
type Placed = Hierarchy['devices'][number];

export const hostBridge = 'host bridge';
/** `host bridge 40`: one beside the machine's own, by the number of its root bus. */
const hostBridgeOf = ({ rootBus }: Pick<Placed, 'rootBus'>): string =>
  rootBus === undefined ? hostBridge : `${hostBridge} ${rootBus.toString(16)}`;

/**
 * What pci_p2pdma_whitelist is searched for: the first function of the root bus, when it is at 00.0 or a root port
 * (pci_host_bridge_dev). On q35's own bus that is its MCH; QEMU's pxb-pcie puts nothing on its bus, so there it is the
 * first pcie-root-port (hw/pci-bridge/pci_expander_bridge.c, QEMU 7.2).
 */
const firstOnRootBus = ({ rootBus }: Pick<Placed, 'rootBus'>): string =>
  rootBus === undefined ? '8086:29c0' : '1b36:000c';

/** Devices that move data by themselves: drives and NICs. */
export const isClient = ({ device }: Pick<Placed, 'device'>): boolean =>
  device.type === 'nvme' || device.type === 'nic';

/** Every client of a machine with every provider of it, a drive with its own memory among them. */
export function predictPaths(hierarchy: Hierarchy): PathPrediction[] {
  const providers = hierarchy.devices.filter(({ provider }) => provider);
  return hierarchy.devices
    .filter(isClient)
    .flatMap((client) => providers.map((provider) => predictPath(client, provider, hierarchy)));
}

/** calc_map_type_and_dist() of 6.12. */
function predictPath(client: Placed, provider: Placed, hierarchy: Hierarchy): PathPrediction {
  const ids = { client: client.id, provider: provider.id };
  if (client.id === provider.id) {
    const rule = 'it is the same function: a device and its own memory';
    return { ...ids, distance: 0, map: 'bus', rule, decidedBy: 'calc_map_type_and_dist', path: [] };
  }
  const up = client.behind.toReversed();
  const down = provider.behind.toReversed();
  const common = up.find((bridge) => down.includes(bridge));
  if (common === undefined) {
    const bridges = [...new Set([client, provider].map(hostBridgeOf))];
    const through = bridges.length > 1 ? bridges.join(' and ') : `the ${hostBridge}`;
    const reason = `no bridge is above both, so the path is through ${through}`;
    const path = [...up, ...bridges, ...down.toReversed()];
    // one more step on each side, since the kernel counts until there is no bridge left, whatever root bus that is
    const distance = up.length + down.length + 2;
    return { ...ids, distance, ...throughHostBridge(reason, hierarchy, [provider, client]), path };
  }
  const [upSteps, downSteps] = [up.indexOf(common), down.indexOf(common)];
  const path = [...up.slice(0, upSteps + 1), ...down.slice(0, downSteps).toReversed()];
  return {
    ...ids,
    distance: upSteps + downSteps + 2,
    ...belowCommon(common, path, hierarchy, provider),
    path,
  };
}

type Decision = Pick<PathPrediction, 'map' | 'rule' | 'decidedBy'>;

/** The common bridge itself counts as one that may redirect. */
function belowCommon(common: string, path: string[], hierarchy: Hierarchy, provider: Placed): Decision {
  const decidedBy = 'pci_bridge_has_acs_redir';
  const { acsRedirects } = hierarchy;
  if (acsRedirects === undefined) {
    const rule = `${common} is above both; which bridges redirect (ACS) cannot be told from the command line`;
    return { map: 'unknown', rule, decidedBy };
  }
  const redirecting = path.filter((bridge) => acsRedirects.has(bridge));
  if (redirecting.length === 0) {
    const rule = `${common} is above both, and no bridge on the path redirects requests or completions (ACS)`;
    return { map: 'bus', rule, decidedBy };
  }
  return throughHostBridge(
    `ACS redirection in ${redirecting.join(', ')} sends all of it up to the host bridge`,
    hierarchy,
    [provider],
  );
}

/**
 * cpu_supports_p2pdma() and host_bridge_whitelist() of 6.12: the CPU allows all, also from one host bridge to another;
 * without that both have to be in the list.
 */
function throughHostBridge(reason: string, { cpu }: Hierarchy, ends: Placed[]): Decision {
  if (cpu === undefined) {
    const rule = `${reason}; which CPU the kernel will find there is not known`;
    return { map: 'unknown', rule, decidedBy: 'cpu_supports_p2pdma' };
  }
  if (cpu.vendor === 'AuthenticAMD' && cpu.family >= 0x17) {
    const rule = `${reason}; the CPU is ${cpuText(cpu)}, and AMD since family 0x17 (Zen) may`;
    return { map: 'host-bridge', rule, decidedBy: 'cpu_supports_p2pdma' };
  }
  const bridges = [...new Set(ends.map(firstOnRootBus))];
  const listed = bridges.length > 1 ? `neither ${bridges.join(' nor ')} is` : `${bridges[0]} is not`;
  const rule = `${reason}; the CPU is ${cpuText(cpu)}, not AMD since family 0x17 (Zen), and ${listed} in pci_p2pdma_whitelist`;
  return { map: 'refused', rule, decidedBy: 'host_bridge_whitelist' };
}
