import * as z from 'zod';
import { deviceId } from '../scenario/schema-parts.js';
import { stepKind } from './step-kind.js';

/** With a driver, and with what the driver makes of it: a namespace, a network device, a pool. */
const readyScript = (bdf: string): string =>
  [
    `device=/sys/bus/pci/devices/${bdf}`,
    'ready() {',
    '  [ -e $device/driver ] || return 1',
    '  case $(readlink $device/driver) in',
    '  */nvme) ls $device/nvme/nvme*/nvme*n* ;;',
    '  */virtio-pci) ls -d $device/virtio*/net ;;',
    '  *) [ -e $device/p2pmem ] ;;',
    '  esac >/dev/null 2>&1',
    '}',
    'n=0; until ready; do',
    `  n=$((n + 1)); [ $n -le 300 ] || { echo "the kernel made nothing of ${bdf} within 30 s" >&2; exit 1; }`,
    '  sleep 0.1',
    'done',
    'driver=$(readlink $device/driver)',
    'echo "plugged ${driver##*/}"',
  ].join('\n');

/**
 * Plugs a device in again that hot-unplug took out, in the same slot and with the same properties, and waits until its
 * driver has made something of it. Sample: driver.
 */
export const hotPlug = stepKind({
  kind: 'hot-plug',
  summary: 'plugs a device in again, in its old slot',
  parameters: 'device (that hot-unplug took out)',
  records: 'driver',
  params: z.strictObject({ device: deviceId('a device') }),
  hotplugs: true,
  references: ({ device }) => [{ path: ['device'], id: device, want: ['nvme', 'ivshmem', 'nic'] }],
  commands: ({ device }, rig) => [
    ...rig.plugging(device).map((qmp) => ({ label: qmp.execute, qmp })),
    { label: 'ready', script: readyScript(rig.bdf(device)) },
  ],
  samples: (_, outputs) => {
    const driver = /^plugged (\S+)$/m.exec(outputs.at(-1)?.stdout ?? '')?.[1];
    if (driver === undefined) throw new Error('the script did not say that the device is ready');
    return [{ name: 'driver', value: driver }];
  },
});
