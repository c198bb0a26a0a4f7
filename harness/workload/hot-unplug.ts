import * as z from 'zod';
import { deviceId } from '../scenario/schema-parts.js';
import { actionEnd, stepKind } from './step-kind.js';

/** From outside, the kernel has let a device go when QEMU says so; from inside, when its folder is gone. */
const goneScript = (bdf: string): string =>
  [
    `device=/sys/bus/pci/devices/${bdf}; n=0`,
    'while [ -e $device ] && [ $n -lt 100 ]; do sleep 0.1; n=$((n + 1)); done',
    'left=gone; [ ! -e $device ] || left=there',
    'echo "device $left"',
  ].join('\n');

/**
 * Presses the attention button of a device's slot, and waits until the guest has let the device go and QEMU has taken
 * it out (drivers/pci/hotplug/pciehp_ctrl.c, 6.12: it waits 5 s for a second press first). The machine needs
 * `hotplug: true`. Samples: device (`gone` from the guest's sysfs, or `there`), unplugMs.
 */
export const hotUnplug = stepKind({
  kind: 'hot-unplug',
  summary: 'unplugs a device by its slot’s attention button (5 s), in use or not',
  parameters: 'device (of a machine with hotplug: true)',
  records: 'device (gone, there), unplugMs',
  params: z.strictObject({ device: deviceId('a device') }),
  hotplugs: true,
  references: ({ device }) => [{ path: ['device'], id: device, want: ['nvme', 'ivshmem', 'nic'] }],
  commands: ({ device }, rig) => [
    { label: 'unplug', qmp: { execute: 'device_del', arguments: { id: device }, untilGone: device } },
    { label: 'gone', script: goneScript(rig.bdf(device)) },
  ],
  samples: (_, [unplug, gone]) => {
    const left = /^device (gone|there)$/m.exec(gone?.stdout ?? '')?.[1];
    if (left === undefined) throw new Error('the script did not say whether the device is gone');
    return [
      { name: 'device', value: left },
      { name: 'unplugMs', value: actionEnd(unplug).ms, unit: 'ms' },
    ];
  },
});
