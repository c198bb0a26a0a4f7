import { stat } from 'node:fs/promises';
import path from 'node:path';
import { packageRoot } from '../common/paths.js';
import type { KernelSpec } from './kernel-spec.js';

/** Fragments that every kernel of p2plab must have all symbols of. */
const required = ['guest'];

/** Those of the default kernel's patches: a mainline tree has none of their symbols. */
const optional = ['p2pdma-enable', 'p2pmem-test'];

/** A file that every kernel source has, and no build directory. */
const kernelSourceFile = 'scripts/kconfig/merge_config.sh';

/** Whether a folder is a kernel source; one that was built in, too, is. */
export const isKernelSource = (dir: string): Promise<boolean> =>
  stat(path.join(dir, kernelSourceFile)).then(
    (found) => found.isFile(),
    () => false,
  );

/**
 * The definition of a kernel of which there is only the source: built as it is, without patches of p2plab's, with the
 * configuration of the default kernel as far as the source has it.
 */
export const treeSpec = (file: string, source: KernelSpec['source']): KernelSpec => ({
  source,
  series: [],
  config: required,
  optional,
  file,
  folder: path.join(packageRoot, 'kernels'),
  at: () => file,
});
