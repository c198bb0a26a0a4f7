import { withDeadline } from '../common/deadline.js';
import { HarnessError } from '../common/errors.js';
import type { Kernel } from '../kernel/kernel.js';
import type { Guest } from './connect-guest.js';

/** Where a kernel's modules go. */
export const modulesFolder = (release: string): string => `/lib/modules/${release}`;

/**
 * Loads what a kernel with all built in has from the start, and prints the first that refuses. busybox' modprobe finds
 * parameters on the kernel command line only where the module is written as the kernel does, without dashes. NVMe's
 * patience is that of images/overlay/p2plab/init, which has run when nvme_core is not there yet.
 */
export const loadScript = (atBoot: readonly string[]): string =>
  [
    'mkdir -p /etc/modprobe.d',
    'for word in $(cat /proc/cmdline); do',
    '  case ${word%%=*} in *-*.*) echo "options $(echo "${word%%.*}" | tr - _) ${word#*.}" ;; esac',
    'done >/etc/modprobe.d/command-line.conf',
    'read -r uptime _ </proc/uptime; factor=$((${uptime%.*} / 8)); [ $factor -lt 8 ] || factor=8',
    '[ $factor -le 1 ] || modprobe -q nvme_core io_timeout=$((factor * 30)) || true',
    `for module in ${atBoot.join(' ')}; do`,
    '  why=$(modprobe $module 2>&1) || { echo "$module: $why"; break; }',
    'done',
  ].join('\n');

/**
 * Copies a kernel's modules into its guest and loads what everything else counts on; nothing for one without modules.
 * @throws HarnessError(kernel) when one cannot be loaded; what ends the guest
 */
export async function loadModules(
  guest: Guest,
  { name, release, guestModules }: Pick<Kernel, 'name' | 'release' | 'guestModules'>,
  ms: number,
  signal: AbortSignal,
): Promise<void> {
  if (guestModules === undefined) return;
  const { dir, atBoot } = guestModules;
  const deadline = { phase: `loading modules in ${guest.machine}`, ms, blame: 'kernel' as const };
  await withDeadline(deadline, signal, async (s) => {
    await guest.send(dir, modulesFolder(release), s);
    const refused = (await guest.read(loadScript(atBoot), s)).toString().trim();
    if (refused === '') return;
    throw new HarnessError('kernel', `a module of ${name} cannot be loaded in ${guest.machine}: ${refused}`, {
      remedy: 'see the end of the console log, and whether image and modules are of one build',
    });
  });
}
