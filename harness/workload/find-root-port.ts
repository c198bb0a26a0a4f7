/** Shell that sets `$port` to the root port that a device is below; sysfs has one folder in the other. */
export const findRootPort = (bdf: string): string =>
  [
    `path=$(readlink -f /sys/bus/pci/devices/${bdf})`,
    'path=${path#/sys/devices/pci*/}; port=${path%%/*}',
    `[ "$port" != ${bdf} ] || { echo "${bdf} is below no root port" >&2; exit 1; }`,
  ].join('\n');
