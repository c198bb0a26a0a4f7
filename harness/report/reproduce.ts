import { shellQuote } from '../vm/pasteable-command.js';
import { proseColumns } from './comparison-text.js';
import { inertLine } from './inert-text.js';
import type { Result, RunDocument } from './run-document.js';
import { stackedPatches } from './run-facts.js';

/** A command that runs it again, where the run was started; in parts that belong onto one line each. */
export function reproduceParts(
  { scenario, variant, kernel: name }: Pick<Result, 'scenario' | 'variant' | 'kernel'>,
  { kernels }: Pick<RunDocument, 'kernels'>,
): string[] {
  const kernel = kernels.find((k) => k.name === name);
  const settings = Object.entries(variant).map(([key, value]) => ['--set', `${key}=${value}`]);
  const patches = (kernel ? stackedPatches(kernel) : []).map((patch) => ['--patch', patch]);
  // a matrix that has the kernel as a key chooses it by that
  const chosen = variant.kernel === undefined ? [['--kernel', name]] : [];
  const parts = [['npx', 'p2plab', 'run', scenario], ...settings, ...chosen, ...patches];
  return parts.map((words) => words.map((word) => shellQuote(inertLine(word))).join(' '));
}

/** A shell command over several lines. A part that is longer than a line stays whole: it could not be pasted. */
export function shellLines(parts: readonly string[]): string {
  const lines = ['  $'];
  for (const part of parts) {
    if (`${lines.at(-1)} ${part} \\`.length > proseColumns) lines.push('     ');
    lines.push(`${lines.pop()} ${part}`);
  }
  return lines.join(' \\\n');
}
