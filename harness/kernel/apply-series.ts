import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { contentId } from '../common/artifact-store.js';
import { DoesNotApply } from '../common/errors.js';
import { cacheDir } from '../common/paths.js';
import { describePatchFailure } from './patch-failure.js';
import type { Patch } from './resolve-kernel-spec.js';
import type { SourceTree } from './source-tree.js';
import { git, tryGit } from './tree-git.js';

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
  const index = path.join(tree.dir, '.git', 'series-index');
  for (const stale of [index, `${index}.lock`]) await rm(stale, { force: true });
  const env = { GIT_INDEX_FILE: index };
  await git(tree.dir, ['read-tree', tree.base], { signal, env });
  for (const [done, patch] of patches.entries()) {
    const args = ['apply', '--cached', '--verbose', '--whitespace=nowarn', '-'];
    const { ok, output } = await tryGit(tree.dir, args, { signal, env, input: patch.text });
    if (ok) continue;
    const back = await tryGit(tree.dir, [...args, '--reverse', '--check'], {
      signal,
      env,
      input: patch.text,
    });
    throw await doesNotApply(patch, output, { back: back.ok, against: afterPatches(against, done) });
  }
  const result = await git(tree.dir, ['write-tree'], { signal, env });
  const commit = await git(tree.dir, ['commit-tree', '-p', tree.base, '-m', 'patched', result], { signal });
  await git(tree.dir, ['reset', '--quiet', '--hard', commit], { signal });
  await git(tree.dir, ['clean', '-ffdxq'], { signal });
}

const afterPatches = (against: string, done: number): string =>
  done === 0 ? against : `${against} plus the ${done} patch${done === 1 ? '' : 'es'} before it`;

async function doesNotApply(
  { file, text }: Patch,
  output: string,
  { back, against }: { back: boolean; against: string },
): Promise<DoesNotApply> {
  const evidence = path.join(cacheDir(), 'logs', `apply-${contentId([file, text, against])}.log`);
  await mkdir(path.dirname(evidence), { recursive: true });
  await writeFile(evidence, `git apply ${file}\nagainst ${against}\n\n${output}\n`);
  const already = back ? ', because it is in there already' : '';
  const problems = describePatchFailure(text, output).map((what) => `${file}: ${what}; against ${against}`);
  return new DoesNotApply('scenario', problems.map((problem) => problem + already).join('\n'), {
    remedy: back
      ? 'drop the patch'
      : 'rebase the patch onto that source (the evidence has the lines it looked for)',
    evidence,
  });
}
