/** Of these subsystems: what p2pmem and its PCI device tell; a drive tells of much else. */
const subsystems = ['pci', 'p2pmem'];

/**
 * Shell lines that have busybox' uevent write `ACTION SUBSYSTEM DEVPATH` for each uevent to a file, from when it is known
 * to listen. A `change` of the device, asked for through sysfs, is heard when all before it was.
 * The script must have a variable `restore`, for its EXIT trap.
 */
export const beginUevents = (bdf: string): string =>
  [
    'events=$(mktemp)',
    // one line per event in one write(), and what is not asked for is no failure of the listener
    `uevent sh -c 'case $SUBSYSTEM in ${subsystems.join('|')}) echo "$ACTION $SUBSYSTEM $DEVPATH" ;; esac' >"$events" & listener=$!`,
    'restore="kill $listener; rm -f $events; $restore"',
    'heard() {',
    '  before=$(sed -n \'/^change pci/p\' "$events" | wc -l); try=0',
    '  while [ $try -lt 50 ]; do',
    `    echo change >/sys/bus/pci/devices/${bdf}/uevent; sleep 0.1; try=$((try + 1))`,
    '    [ "$(sed -n \'/^change pci/p\' "$events" | wc -l)" -le "$before" ] || return 0',
    '  done',
    '  echo "no uevent was heard" >&2; exit 1',
    '}',
    'heard',
  ].join('\n');

/** Prints `path DEVPATH` of the device, then what was heard. */
export const endUevents = (bdf: string): string =>
  [
    'heard',
    `path=$(readlink -f /sys/bus/pci/devices/${bdf}); echo "path \${path#/sys}"`,
    'sed \'s/^/uevent /\' "$events"',
  ].join('\n');

/** `remove p2pmem, unbind pci, …` of the device and what is below it, in order. */
export function readUevents(stdout: string): string {
  const path = /^path (\S+)$/m.exec(stdout)?.[1];
  if (path === undefined) throw new Error('the script did not say where the device is');
  const heard = [...stdout.matchAll(/^uevent (\w+) (\w+) (\S+)$/gm)].filter(
    ([, action, , where]) => action !== 'change' && (where === path || where!.startsWith(`${path}/`)),
  );
  return heard.map(([, action, subsystem]) => `${action} ${subsystem}`).join(', ') || 'none';
}
