import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { contentId } from '../common/artifact-store.js';
import { DoesNotApply } from '../common/errors.js';
import { cacheDir } from '../common/paths.js';
import { describePatchFailure } from './patch-failure.js';
import type { Patch } from './resolve-kernel-spec.js';
import type { SourceTree } from './source-tree.js';
import { git, tryGit, type GitOptions } from './tree-git.js';

/**
 * Puts the patched source into the work tree. The patches are applied in an index beside it first, and the tree then
 * goes from what it was to the result in one step: files that are the same in both keep their time stamps, so that
 * make compiles only what really changed.
 * @param against what the patches are for, for messages
 * @throws HarnessError(scenario) with the hunk that does not apply
 */
export async function applySeries(
  tree: SourceTree,
  patches: readonly Patch[],
  against: string,
  signal: AbortSignal,
): Promise<void> {
  const commit = await commitPatched(tree, patches, against, signal);
  await git(tree.dir, ['reset', '--quiet', '--hard', commit], { signal });
  await git(tree.dir, ['clean', '-ffdxq'], { signal });
}

/**
 * One commit of the patched source, on top of the base, without touching the work tree. Patches are applied as git am -3
 * does it: one that does not fit is merged, when the blobs that it was made on are known.
 * @throws HarnessError(scenario) with the hunk that does not apply
 */
export async function commitPatched(
  { dir, base }: SourceTree,
  patches: readonly Patch[],
  against: string,
  signal: AbortSignal,
  message = 'patched',
): Promise<string> {
  const index = path.join(dir, '.git', 'series-index');
  for (const stale of [index, `${index}.lock`]) await rm(stale, { force: true });
  const env = { GIT_INDEX_FILE: index };
  await git(dir, ['read-tree', base], { signal, env });
  if (!(await applyAtOnce(dir, patches, { signal, env })))
    for (const [done, patch] of patches.entries())
      await applyPatch(dir, patch, afterPatches(against, done), { signal, env });
  const tree = await git(dir, ['write-tree'], { signal, env });
  return git(dir, ['commit-tree', '-p', base, '-m', message, tree], { signal });
}

/** Each call of git reads and writes the whole index, 8 MB. Nothing is changed when one patch does not apply. */
async function applyAtOnce(
  dir: string,
  patches: readonly Patch[],
  options: Pick<GitOptions, 'signal' | 'env'>,
): Promise<boolean> {
  if (patches.length === 0) return true;
  if (!patches.every(({ text }) => /^(diff --git |@@ -\d)/m.test(text))) return false; // git would pass over what is no patch
  const input = patches.map(({ text }) => text).join('\n');
  const { ok } = await tryGit(dir, ['apply', '--cached', '--whitespace=nowarn', '-'], { ...options, input });
  return ok;
}

async function applyPatch(
  dir: string,
  patch: Patch,
  against: string,
  { signal, env }: Pick<GitOptions, 'signal' | 'env'>,
): Promise<void> {
  const apply = (...more: string[]) =>
    tryGit(dir, ['apply', '--cached', '--verbose', '--whitespace=nowarn', ...more, '-'], {
      ...{ signal, env, input: patch.text },
    });
  const { ok, output } = await apply();
  if (ok) return;
  const { ok: back } = await apply('--reverse', '--check');
  const merged = back ? undefined : await apply('--3way');
  if (merged?.ok) return;
  const all = [output, ...(merged ? [`git apply --3way:\n${merged.output}`] : [])].join('\n\n');
  throw await doesNotApply(patch, output, { back, against, all });
}

const afterPatches = (against: string, done: number): string =>
  done === 0 ? against : `${against} plus the ${done} patch${done === 1 ? '' : 'es'} before it`;

async function doesNotApply(
  { file, text }: Patch,
  output: string,
  { back, against, all }: { back: boolean; against: string; all: string },
): Promise<DoesNotApply> {
  const evidence = path.join(cacheDir(), 'logs', `apply-${contentId([file, text, against])}.log`);
  await mkdir(path.dirname(evidence), { recursive: true });
  await writeFile(evidence, `git apply ${file}\nagainst ${against}\n\n${all}\n`);
  const already = back ? ', because it is in there already' : '';
  const problems = describePatchFailure(text, output).map((what) => `${file}: ${what}; against ${against}`);
  return new DoesNotApply('scenario', problems.map((problem) => problem + already).join('\n'), {
    remedy: back
      ? 'drop the patch'
      : 'rebase the patch onto that source (the evidence has the lines it looked for)',
    evidence,
  });
}
