import { shellQuote } from '../vm/pasteable-command.js';
import { inertLine } from './inert-text.js';
import type { Result, RunDocument } from './run-document.js';
import { stackedPatches } from './run-facts.js';

/** The words of a command that runs it again: `--patch` with the file's name, wherever that lies. */
export function reproduceWords(
  { scenario, variant, kernel: name }: Pick<Result, 'scenario' | 'variant' | 'kernel'>,
  { kernels }: Pick<RunDocument, 'kernels'>,
): string[] {
  const kernel = kernels.find((k) => k.name === name);
  const settings = Object.entries(variant).map(([key, value]) => ['--set', `${key}=${value}`]);
  const patches = (kernel ? stackedPatches(kernel) : []).map((patch) => ['--patch', patch]);
  // a matrix that has the kernel as a key chooses it by that
  const chosen = variant.kernel === undefined ? [['--kernel', name]] : [];
  return ['npx', 'p2plab', 'run', scenario, ...[...settings, ...chosen, ...patches].flat()].map((word) =>
    shellQuote(inertLine(word)),
  );
}
