import { liveReporter } from '../report/live-reporter.js';
import { ensureImage } from '../image/ensure-image.js';
import { listImages } from '../image/list-images.js';
import { defaultKernel, ensureKernel } from '../kernel/ensure-kernel.js';
import { listKernels } from '../kernel/list-kernels.js';
import type { Progress } from '../common/progress.js';
import { formatDuration } from '../common/size.js';
import { exitCodes } from './exit-code.js';
import type { Terminal } from './terminal.js';
import { Argument } from 'commander';
import { type AddCommand, patchOption } from './command-options.js';

/** `p2plab kernel build`: prints where the kernel is. */
export async function kernelBuild(name: string, extraPatches: string[], terminal: Terminal): Promise<number> {
  const { signal, out } = terminal;
  const kernel = await withProgress('kernel', terminal, (progress) =>
    ensureKernel(name, { extraPatches, signal, progress }),
  );
  const how = kernel.cached
    ? 'cached'
    : `${kernel.built?.objects} objects in ${formatDuration(kernel.built?.ms ?? 0)}`;
  out(`${kernel.name} ${kernel.release} ${kernel.id} (${how})\n${kernel.bzImage}\n`);
  return exitCodes.passed;
}

/** `p2plab kernel list`: defined kernels, then what else is in the cache. */
export async function kernelList({ out, signal }: Terminal): Promise<number> {
  for (const { name, id, problem, built } of await listKernels(signal)) {
    const state = built
      ? `built ${built.at.toISOString().slice(0, 16)}  ${built.release}  ${mib(built.bytes)}`
      : (problem ?? 'not built');
    out(`${name.padEnd(24)} ${(id ?? '').padEnd(16)}  ${state}\n`);
  }
  return exitCodes.passed;
}

/** `p2plab image build`: prints where the image is. */
export async function imageBuild(name: string, terminal: Terminal): Promise<number> {
  const { signal, out } = terminal;
  const image = await withProgress('image', terminal, (progress) => ensureImage(name, { signal, progress }));
  out(
    `${image.name} ${image.id} (${image.cached ? 'cached' : `built in ${formatDuration(image.builtMs ?? 0)}`})\n${image.rootfs}\n`,
  );
  return exitCodes.passed;
}

/** `p2plab image list`: defined images, then what else is in the cache. */
export async function imageList({ out }: Terminal): Promise<number> {
  for (const { name, id = '', problem, built } of await listImages()) {
    const state = built
      ? `built ${built.at.toISOString().slice(0, 16)}  ${mib(built.bytes)}`
      : (problem ?? 'not built');
    out(`${name.padEnd(24)} ${id.padEnd(16)}  ${state}\n`);
  }
  return exitCodes.passed;
}

async function withProgress<T>(
  subject: string,
  { live, out }: Terminal,
  work: (progress: Progress) => Promise<T>,
): Promise<T> {
  const reporter = live && liveReporter(live);
  const plain: Progress = (what, done) => done === undefined && out(`${subject}: ${what}\n`);
  try {
    return await work(
      reporter
        ? (what, done, total) => void reporter.on({ type: 'preparing', subject, what, done, total })
        : plain,
    );
  } finally {
    reporter?.stop();
  }
}

const mib = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;

export const addArtifacts: AddCommand = (program, terminal, done) => {
  const kernel = program.command('kernel').description('build or list kernels');
  const image = program.command('image').description('build or list guest images');
  for (const group of [kernel, image])
    group.addHelpText('after', `\nExample:\n  $ p2plab ${group.name()} list\n`);
  kernel
    .command('build')
    .description('build a kernel, or look it up')
    .addArgument(
      new Argument('[name]', 'a name of `p2plab kernel list`, or a YAML file').default(defaultKernel),
    )
    .addOption(patchOption())
    .addHelpText('after', '\nExample:\n  $ p2plab kernel build p2pmem-6.12 --patch my-fix.patch\n')
    .action(async (name: string, { patch }: { patch: string[] }) =>
      done(await kernelBuild(name, patch, terminal)),
    );
  kernel
    .command('list')
    .description('list defined and built kernels')
    .addHelpText('after', '\nExample:\n  $ p2plab kernel list\n')
    .action(async () => done(await kernelList(terminal)));
  image
    .command('build')
    .description('build a guest image, or look it up')
    .addArgument(new Argument('[name]', 'a name of `p2plab image list`, or a YAML file').default('base'))
    .addHelpText('after', '\nExample:\n  $ p2plab image build base\n')
    .action(async (name: string) => done(await imageBuild(name, terminal)));
  image
    .command('list')
    .description('list defined and built images')
    .addHelpText('after', '\nExample:\n  $ p2plab image list\n')
    .action(async () => done(await imageList(terminal)));
};
