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
  disk(diskId: string): { bdf: string } | { subsystem: string };
  /** The drive that has a disk's data: itself, or the one exported as the only namespace of its subsystem. */
  driveOf(diskId: string): string | undefined;
};

/** NQN of a subsystem of the scenario (NVMe Base 2.0, 4.5: a date and a reverse domain name). */
export const nqn = (subsystem: string): string => `nqn.2026-11.org.p2plab:${subsystem}`;

export const nvmeofPort = 4420;

/** sysfs folder of a provider's peer memory (Documentation/ABI/testing/sysfs-bus-pci). */
export const p2pmemDir = (bdf: string): string => `/sys/bus/pci/devices/${bdf}/p2pmem`;

/**
 * Shell lines that set `$disk` to the block device, or fail with a sentence.
 * A connected disk is known by its subsystem's NQN; the drive behind it has a transport of its own, `pcie`.
 */
export function findDisk(disk: ReturnType<Rig['disk']>): string {
  if ('bdf' in disk) {
    return [
      `disk=$(ls -d /sys/bus/pci/devices/${disk.bdf}/nvme/nvme*/nvme*n* 2>/dev/null | head -n 1)`,
      `[ -n "$disk" ] || { echo "no namespace behind ${disk.bdf}" >&2; exit 1; }`,
      'disk=/dev/${disk##*/}',
    ].join('\n');
  }
  return [
    'disk=',
    'for controller in /sys/class/nvme/nvme*; do',
    `  [ "$(cat "$controller/subsysnqn")" = ${nqn(disk.subsystem)} ] || continue`,
    '  [ "$(cat "$controller/transport")" != pcie ] || continue',
    '  disk=$(ls -d "$controller"/nvme*n* 2>/dev/null | head -n 1)',
    'done',
    `[ -n "$disk" ] || { echo "no namespace of ${nqn(disk.subsystem)} is connected" >&2; exit 1; }`,
    'disk=/dev/${disk##*/}',
  ].join('\n');
}

/** Shell lines that set `$netdev` to a NIC's network device. */
export const findNetdev = (bdf: string): string =>
  [
    `netdev=$(ls /sys/bus/pci/devices/${bdf}/net /sys/bus/pci/devices/${bdf}/virtio*/net 2>/dev/null | grep -v : | head -n 1)`,
    `[ -n "$netdev" ] || { echo "no network device behind ${bdf}" >&2; exit 1; }`,
  ].join('\n');
