import { z } from 'zod';
import { deviceId, line } from '../scenario/schema-parts.js';
import { stepKind } from './step-kind.js';

const params = z.strictObject({
  device: deviceId('a device'),
  parameters: z.record(z.string().regex(/^[a-z]\w*$/, 'the name of a module parameter'), line()).default({}),
});

/**
 * Takes a device from its driver and gives it back. With `parameters` the driver's module parameters are others
 * meanwhile: what a driver reads at probe is then as asked for until the next rebind.
 * Samples: driver, unbindMs and bindMs in steps of the guest's 10 ms, memmapBytes that the bound device takes for
 * struct pages. A driver that never lets go is found by the step's deadline.
 */
export const rebind = stepKind({
  kind: 'rebind',
  summary: "unbinds a device's driver and binds it again, perhaps with other module parameters",
  params,
  references: ({ device }) => [{ path: ['device'], id: device, want: ['nvme', 'ivshmem', 'nic'] }],
  commands: ({ device, parameters }, rig) => {
    const bdf = rig.bdf(device);
    const lines = [
      'set -e',
      `[ -e /sys/bus/pci/devices/${bdf}/driver ] || { echo "${bdf} has no driver" >&2; exit 1; }`,
      `cd -P /sys/bus/pci/devices/${bdf}/driver`,
      'restore=; trap \'eval "$restore"\' EXIT',
      ...Object.entries(parameters).map(([name, value]) => setParameter(name, value)),
      // whole and hundredths of seconds without the dot
      'now() { read -r up idle </proc/uptime; echo "${up%.*}${up#*.}"; }',
      "memmap() { sed -n 's/^nr_memmap_pages //p' /proc/vmstat; }",
      `t0=$(now); echo ${bdf} >unbind; t1=$(now); m1=$(memmap)`,
      `echo ${bdf} >bind; t2=$(now); m2=$(memmap)`,
      'echo "rebound ${PWD##*/} $((t1 - t0)) $((t2 - t1)) ${m1:-none} ${m2:-none}"',
    ];
    return [{ label: 'rebind', script: lines.join('\n') }];
  },
  samples: (_, [output]) => {
    const [, driver, unbind, bind, unbound, bound] =
      /^rebound (\S+) (\d+) (\d+) (\d+|none) (\d+|none)$/m.exec(output?.stdout ?? '') ?? [];
    if (driver === undefined) throw new Error('the script did not say that the driver is bound again');
    const pages = Number(bound) - Number(unbound); // of nr_memmap_pages, which Linux has since 6.11
    return [
      { name: 'driver', value: driver },
      { name: 'unbindMs', value: Number(unbind) * 10, unit: 'ms' },
      { name: 'bindMs', value: Number(bind) * 10, unit: 'ms' },
      ...(Number.isNaN(pages) ? [] : [{ name: 'memmapBytes', value: pages * 4096, unit: 'B' }]),
    ];
  },
});

/** In single quotes for the shell, and once more for the trap. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

function setParameter(name: string, value: string): string {
  const file = `module/parameters/${name}`;
  return [
    `[ -e ${file} ] || { echo "driver \${PWD##*/} has no parameter ${name}" >&2; exit 1; }`,
    `old=$(cat ${file}); restore="$restore echo '$old' >${file};"`,
    `echo ${quoted(value)} >${file}`,
  ].join('\n');
}
