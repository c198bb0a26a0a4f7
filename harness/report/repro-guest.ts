import { readPools } from '../evidence/accounting.js';
import { loadScript, modulesFolder } from '../guest/load-modules.js';

/** A command of the run by its number in repro.sh. */
export type NumberedScript = { id: string; script: string };

/** In fw_cfg, by QEMU's name. */
export const stepsFile = 'opt/p2plab/steps';
export const ownFile = (part: number): string => `opt/p2plab/own/${part}`;

const byName = '/sys/firmware/qemu_fw_cfg/by_name';

/**
 * Words for the kernel command line by which the guest's shell becomes PID 1, reads the agent from fw_cfg and goes on
 * as the image's init. What follows `--` is for init, and quotes hold a word together (lib/cmdline.c, 6.12).
 */
export const agentWords = `-- -c "mount -t sysfs sysfs /sys; . ${byName}/${stepsFile}/raw"`;

/** Times 0.1 s: a driver may finish its probe in the background. */
const settleTries = 50;

/** Takes a provider's driver from it and gives it back (evidence/rebind.ts): no pool in between, then the old one. */
export const rebindScript = (bdf: string): string =>
  [
    `cd -P /sys/bus/pci/devices/${bdf}/driver && driver=$PWD && cd /sys/bus/pci/devices/${bdf} || exit 1`,
    'pool() { cat p2pmem/size p2pmem/available p2pmem/published 2>/dev/null; }',
    'before=$(pool)',
    `echo ${bdf} >"$driver/unbind" || exit 1`,
    '[ ! -e p2pmem ] || { echo "without a driver it still shows a pool" >&2; exit 1; }',
    `echo ${bdf} >"$driver/bind" || exit 1`,
    'try=0',
    `while [ "$(pool)" != "$before" ] && [ $try -lt ${settleTries} ]; do sleep 0.1; try=$((try + 1)); done`,
    '[ "$(pool)" = "$before" ] || { echo "the pool does not come back as it was:" $before, $(pool) >&2; exit 1; }',
  ].join('\n');

/** Modules of the run's kernel: another one, given by hand, has all built in or stays without. */
export type ReproModules = { release: string; atBoot: readonly string[] };

/** The folder of the archive that has them. */
export const modulesName = '.kernel-modules';

const loadLines = ({ release, atBoot }: ReproModules): string[] => [
  `[ "$(uname -r)" = ${release} ] || return 0`,
  `mkdir -p /lib/modules && mv /run/p2plab-own/${modulesName} ${modulesFolder(release)}`,
  loadScript(atBoot),
];

/**
 * The guest's side of repro.sh: when the image's init has started the SSH server, all is there that a step finds in a
 * run. From then on it runs, by number, what the second serial port tells it, and says there how it went.
 */
export function agentScript(scripts: readonly NumberedScript[], modules?: ReproModules): string {
  return [
    'script_of() {',
    'case $1 in',
    ...scripts.flatMap(({ id, script }) => [`${id}) cat <<'END_OF_${id}'`, script, `END_OF_${id}`, ';;']),
    "pools) cat <<'END_OF_pools'",
    ...readPools,
    'END_OF_pools',
    ';;',
    'esac',
    '}',
    ...(modules ? ['load_modules() {', ...loadLines(modules), '}'] : []),
    'agent() {',
    '  while [ ! -s /run/dropbear.pid ]; do sleep 0.1; done',
    '  export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root USER=root',
    '  cd /root',
    '  stty -F /dev/ttyS1 raw -echo',
    '  exec 3<>/dev/ttyS1',
    `  if [ -e ${byName}/${ownFile(0)} ]; then`,
    `    mkdir -p /run/p2plab-own && cat ${byName}/opt/p2plab/own/*/raw | tar -xz -C /run/p2plab-own`,
    '  fi',
    ...(modules ? ['  load_modules >/dev/console 2>&1'] : []),
    '  echo "ready Linux $(uname -r)" >&3',
    '  while read -r name id <&3; do',
    '    script_of $name >/run/repro.sh',
    '    id=${id:-$name}',
    '    sh /run/repro.sh </dev/null >/run/repro.out 2>/run/repro.err 3>&-; code=$?',
    // a guest may print without end
    '    { head -c 300000 /run/repro.out | sed "s/^/out $id /"; echo; head -c 4096 /run/repro.err | sed "s/^/err $id /"; echo; echo "exit $id $code"; } >&3',
    '  done',
    '}',
    'agent </dev/null >/dev/console 2>&1 &',
    'exec /p2plab/init',
    '',
  ].join('\n');
}
