import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { contentId } from '../common/artifact-store.js';
import { HarnessError } from '../common/errors.js';
import { bzImageRelease } from './bzimage-header.js';
import { readBuildId } from './build-id.js';
import { checkBootNeeds } from './boot-needs.js';
import { builtModules } from './built-modules.js';
import { ensureGuestModules } from './guest-modules.js';
import { configSymbols } from './kconfig-text.js';
import type { Kernel } from './kernel.js';

/**
 * A kernel of which the user gives only the image; what it was configured with is not known.
 * @throws HarnessError(scenario) when the file is no bzImage
 */
export async function bzImageKernel(name: string, bzImage: string): Promise<Kernel> {
  const release = await bzImageRelease(bzImage);
  if (release === undefined)
    throw new HarnessError('scenario', `${bzImage} is no bzImage (no setup header of an x86 kernel)`, {
      remedy: 'give arch/x86/boot/bzImage of a kernel build, or a name of kernels/*.yaml',
    });
  return { name, id: contentId([await readFile(bzImage)]), bzImage, release, series: [], cached: true };
}

/**
 * A kernel that the user built: `make O=DIR bzImage` leaves the image, and vmlinux and .config beside it; modules are
 * where `make O=DIR modules` left them.
 * @throws HarnessError(scenario) when there is no bzImage in it, or one that no guest of p2plab can boot
 */
export async function buildDirectoryKernel(name: string, dir: string, signal: AbortSignal): Promise<Kernel> {
  const bzImage = path.join(dir, 'arch/x86/boot/bzImage');
  if (!(await isFile(bzImage)))
    throw new HarnessError(
      'scenario',
      `${dir} is no kernel build directory: it has no arch/x86/boot/bzImage`,
      {
        remedy: `run make bzImage there, or give the path of a bzImage`,
      },
    );
  const [vmlinux, config] = [path.join(dir, 'vmlinux'), path.join(dir, '.config')];
  const kernel = await bzImageKernel(name, bzImage);
  if (await isFile(vmlinux)) Object.assign(kernel, { vmlinux, buildId: await readBuildId(vmlinux, signal) });
  if (!(await isFile(config))) return kernel;
  const files = await builtModules(dir);
  const guestModules = files && (await ensureGuestModules(files, signal));
  // what is a module that nobody built is not there
  const all = configSymbols(await readFile(config, 'utf8'));
  const symbols = new Map([...all].filter(([, value]) => value !== 'm' || guestModules !== undefined));
  checkBootNeeds(symbols, config);
  return { ...kernel, config, symbols, ...(guestModules && { modules: dir, guestModules }) };
}

const isFile = async (file: string): Promise<boolean> =>
  stat(file).then(
    (found) => found.isFile(),
    () => false,
  );
