import * as z from 'zod';
import { deviceId, flag, line } from '../scenario/schema-parts.js';
import { stepKind } from './step-kind.js';
import { beginUevents, endUevents, readUevents } from './watch-uevents.js';

const params = z.strictObject({
  device: deviceId('a device'),
  parameters: z.record(z.string().regex(/^[a-z]\w*$/, 'the name of a module parameter'), line()).default({}),
  uevents: flag().default(false),
});

/**
 * Takes a device from its driver and gives it back. With `parameters` the driver's module parameters are others
 * meanwhile: what a driver reads at probe is then as asked for until the next rebind.
 * Samples: driver, unbindMs and bindMs in steps of the guest's 10 ms, memmapBytes that the bound device takes for
 * struct pages, leftBehind: how many names of its p2pmem were still in sysfs and /dev without the driver; with `uevents`
 * what was heard of it. A driver that never lets go is found by the step's deadline.
 */
export const rebind = stepKind({
  kind: 'rebind',
  summary: "unbinds a device's driver and binds it again, perhaps with other module parameters",
  parameters: "device, parameters (of the driver's module, meanwhile), uevents (false)",
  records: 'driver, unbindMs, bindMs, leftBehind, memmapBytes, uevents',
  params,
  references: ({ device }) => [{ path: ['device'], id: device, want: ['nvme', 'ivshmem', 'nic'] }],
  commands: ({ device, parameters, uevents }, rig) => {
    const bdf = rig.bdf(device);
    const lines = [
      'set -e',
      `[ -e /sys/bus/pci/devices/${bdf}/driver ] || { echo "${bdf} has no driver" >&2; exit 1; }`,
      `cd -P /sys/bus/pci/devices/${bdf}/driver`,
      'restore=; trap \'eval "$restore"\' EXIT',
      ...Object.entries(parameters).map(([name, value]) => setParameter(name, value)),
      ...(uevents ? [beginUevents(bdf)] : []),
      // whole and hundredths of seconds without the dot
      'now() { read -r up idle </proc/uptime; echo "${up%.*}${up#*.}"; }',
      "memmap() { sed -n 's/^nr_memmap_pages //p' /proc/vmstat; }",
      `names=$(cd /sys/bus/pci/devices/${bdf}; ls -d p2pmem[0-9]* 2>/dev/null || true)`,
      `t0=$(now); echo ${bdf} >unbind; t1=$(now); m1=$(memmap)`,
      countLeft(bdf),
      `t2=$(now); echo ${bdf} >bind; t3=$(now); m2=$(memmap)`,
      'echo "rebound ${PWD##*/} $((t1 - t0)) $((t3 - t2)) ${m1:-none} ${m2:-none} $left"',
      ...(uevents ? [endUevents(bdf)] : []),
    ];
    return [{ label: 'rebind', script: lines.join('\n') }];
  },
  samples: ({ uevents }, [output]) => {
    const stdout = output?.stdout ?? '';
    const [, driver, unbind, bind, unbound, bound, left] =
      /^rebound (\S+) (\d+) (\d+) (\d+|none) (\d+|none) (\d+)$/m.exec(stdout) ?? [];
    if (driver === undefined) throw new Error('the script did not say that the driver is bound again');
    const pages = Number(bound) - Number(unbound); // of nr_memmap_pages, which Linux has since 6.11
    return [
      { name: 'driver', value: driver },
      { name: 'unbindMs', value: Number(unbind) * 10, unit: 'ms' },
      { name: 'bindMs', value: Number(bind) * 10, unit: 'ms' },
      { name: 'leftBehind', value: Number(left) },
      ...(Number.isNaN(pages) ? [] : [{ name: 'memmapBytes', value: pages * 4096, unit: 'B' }]),
      ...(uevents ? [{ name: 'uevents', value: readUevents(stdout) }] : []),
    ];
  },
});

/** Sets `$left` to how many of the places where p2pmem is seen are still there. */
const countLeft = (bdf: string): string =>
  [
    'left=0; count() { [ ! -e "$1" ] && [ ! -L "$1" ] || left=$((left + 1)); }',
    `count /sys/bus/pci/devices/${bdf}/p2pmem`,
    'for name in $names; do',
    `  for place in /sys/bus/pci/devices/${bdf} /sys/class/p2pmem /sys/bus/p2pmem/devices /dev; do count "$place/$name"; done`,
    'done',
  ].join('\n');

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
