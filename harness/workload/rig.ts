import type { QmpAction } from '../vm/perform-action.js';

export type RigDevice = { id: string; type: 'nvme' | 'ivshmem' | 'nic'; bdf: string; provider: boolean };

/** The machine as a step's script sees it: ids of the scenario turned into the guest's addresses. */
export type Rig = {
  /** All devices of the machine. */
  devices(): RigDevice[];
  /** `0000:03:00.0` */
  bdf(deviceId: string): string;
  /** The address that the plan gave a NIC. */
  address(nicId: string): { address: string; prefixLength: number };
  /** What a disk id of the scenario is: a drive of this machine, or what an earlier step connected. */
  disk(diskId: string): { bdf: string } | ConnectedDisk;
  /** The drive that has a disk's data: itself, or the one exported as that namespace of its subsystem. */
  driveOf(diskId: string): string | undefined;
  /** Id and address of the port that a device is behind. */
  portAbove(deviceId: string): { id: string; bdf: string };
  /** What plugs a device in again. */
  plugging(deviceId: string): QmpAction[];
};

/** A namespace of an exported subsystem, as one of the hosts that are connected to it sees it. */
export type ConnectedDisk = { subsystem: string; nsid: number; host: number };

/** NQN of a subsystem of the scenario (NVMe Base 2.0, 4.5: a date and a reverse domain name). */
export const nqn = (subsystem: string): string => `nqn.2026-11.org.p2plab:${subsystem}`;

/** The well-known port of NVMe over Fabrics, and those after it for more ports of a target. */
export const serviceOf = (port: number): number => 4419 + port;

/** The kernel wants a host id and a host NQN that always go together (drivers/nvme/host/fabrics.c, 6.12). */
export const hostId = (host: number): string => `70327032-6c61-4000-8000-00000000000${host}`;
export const hostNqn = (host: number): string => `nqn.2014-08.org.nvmexpress:uuid:${hostId(host)}`;

/** sysfs folder of a provider's peer memory (Documentation/ABI/testing/sysfs-bus-pci). */
export const p2pmemDir = (bdf: string): string => `/sys/bus/pci/devices/${bdf}/p2pmem`;

/**
 * Shell lines that set `$disk` to the block device, or fail with a sentence.
 * A connected disk is known by subsystem, host and namespace id: kernels number block devices as they come.
 */
export function findDisk(disk: ReturnType<Rig['disk']>): string {
  if ('bdf' in disk) {
    return [
      `disk=$(ls -d /sys/bus/pci/devices/${disk.bdf}/nvme/nvme*/nvme*n* 2>/dev/null | head -n 1)`,
      `[ -n "$disk" ] || { echo "no namespace behind ${disk.bdf}" >&2; exit 1; }`,
      'disk=/dev/${disk##*/}',
    ].join('\n');
  }
  const { subsystem, nsid, host } = disk;
  return [
    'disk=',
    'for controller in /sys/class/nvme/nvme*; do',
    // of a drive's own controller there is no host NQN
    '  { read -r nqn <"$controller/subsysnqn" && read -r host <"$controller/hostnqn"; } 2>/dev/null || continue',
    `  [ "$nqn $host" = "${nqn(subsystem)} ${hostNqn(host)}" ] || continue`,
    '  for namespace in "$controller"/nvme*n*; do',
    '    nsid=; read -r nsid 2>/dev/null <"$namespace/nsid" || true',
    `    [ "$nsid" != ${nsid} ] || disk=$namespace`,
    '  done',
    'done',
    `[ -n "$disk" ] || { echo "namespace ${nsid} of ${nqn(subsystem)} is not connected" >&2; exit 1; }`,
    'disk=/dev/${disk##*/}',
  ].join('\n');
}

/** Shell lines that set `$netdev` to a NIC's network device. */
export const findNetdev = (bdf: string): string =>
  [
    `netdev=$(ls /sys/bus/pci/devices/${bdf}/net /sys/bus/pci/devices/${bdf}/virtio*/net 2>/dev/null | grep -v : | head -n 1)`,
    `[ -n "$netdev" ] || { echo "no network device behind ${bdf}" >&2; exit 1; }`,
  ].join('\n');
