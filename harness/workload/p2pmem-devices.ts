import * as z from 'zod';
import { deviceId } from '../scenario/schema-parts.js';
import { readP2pmemDevices } from './read-p2pmem-devices.js';
import { leavesNothing, stepKind } from './step-kind.js';
import { listDevices } from './test-module.js';

/** Of a p2pmem device (kernels/series/p2pmem-device, Documentation/ABI/testing/sysfs-bus-p2pmem). */
const attributes = ['size', 'available', 'published', 'bar', 'offset', 'phys_address', 'bus_address'];

/**
 * Where a provider's p2pmem devices are in the hierarchy, and what they say of themselves.
 * Samples: `devices`, and for each, in order, those of readP2pmemDevices().
 */
export const p2pmemDevices = stepKind({
  kind: 'p2pmem-devices',
  summary: "reads the place and the attributes of a provider's p2pmem devices",
  parameters: 'provider',
  records:
    'devices, and for each device0.name, .parent, .links (of 3), .size, .available, .published, .bar, .offset, .cpuOffset, .busOffset, .node',
  params: z.strictObject({ provider: deviceId('a provider') }),
  references: ({ provider }) => [{ path: ['provider'], id: provider, want: ['provider'] }],
  commands: ({ provider }, rig) => {
    const bdf = rig.bdf(provider);
    const lines = [
      `echo "provider ${provider} ${bdf}"`,
      `cd -P /sys/bus/pci/devices/${bdf}`,
      'bar() { sed -n "$(($1 + 1))s/ .*//p" resource; }',
      `for number in $(${listDevices(bdf)}); do`,
      '  name=p2pmem$number',
      '  echo "device $name $PWD/$name"',
      '  echo "parent $(readlink -f "$name/device" || echo missing)"',
      '  for link in /sys/class/p2pmem /sys/bus/p2pmem/devices "$PWD/p2pmem"; do',
      '    echo "link $(readlink -f "$link/$name" || echo missing)"',
      '  done',
      `  for file in ${attributes.join(' ')}; do read -r value <"$name/$file"; echo "$file $value"; done`,
      '  echo "bar_start $(bar "$(cat "$name/bar")")"',
      '  node=missing; [ ! -c "/dev/$name" ] || node=$(stat -c "%t:%T" "/dev/$name")',
      '  echo "node $node"',
      '  number=missing; [ ! -e "$name/dev" ] || read -r number <"$name/dev"',
      '  echo "number $number"',
      'done',
      'true',
    ];
    return [{ label: 'sysfs', script: lines.join('\n') }];
  },
  samples: (_, [output]) => readP2pmemDevices(output?.stdout ?? ''),
  asFound: leavesNothing,
});
