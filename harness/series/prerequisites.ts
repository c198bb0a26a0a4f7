import { execa } from 'execa';
import { HarnessError, Interrupted } from '../common/errors.js';
import type { PatchSeries, SeriesPatch } from './patch-series.js';
import { readTree } from './read-tree.js';

/**
 * The patches that a series says it needs (`prerequisite-patch-id:`, git format-patch --base) and its base has not:
 * looked for among the commits on top of its base-commit in the user's tree.
 * @param present texts of the patches that are below it anyway
 * @throws HarnessError(scenario) when one is found nowhere
 */
export async function findPrerequisites(
  { prerequisites, baseCommit, origin }: PatchSeries,
  present: readonly string[],
  tree: string | undefined,
  signal: AbortSignal,
): Promise<SeriesPatch[]> {
  if (prerequisites.length === 0) return [];
  const there = new Set(await Promise.all(present.map((text) => patchId(text, signal))));
  const wanted = prerequisites.filter((id) => !there.has(id));
  if (wanted.length === 0) return [];
  const offered =
    tree !== undefined && baseCommit !== undefined
      ? (await readTree(tree, `${baseCommit}..HEAD`, signal)).patches
      : [];
  const byId = new Map<string, SeriesPatch>();
  for (const patch of offered) byId.set((await patchId(patch.diff, signal)) ?? '', patch);
  const missing = wanted.filter((id) => !byId.has(id));
  if (missing.length === 0) return wanted.map((id) => byId.get(id)!);
  throw new HarnessError(
    'scenario',
    `${origin} needs patches that its base has not, by patch id: ${missing.join(' ')}`,
    { remedy: 'give them: --after SERIES, or --tree DIR where they are on top of the base-commit' },
  );
}

/** As `git patch-id --stable` tells it: the same wherever in the file the change is. */
export async function patchId(text: string, signal: AbortSignal): Promise<string | undefined> {
  const argv = ['patch-id', '--stable'];
  const ended = await execa('git', argv, { input: text, reject: false, cancelSignal: signal });
  if (signal.aborted) throw new Interrupted();
  return /^[0-9a-f]{40}/.exec(ended.stdout ?? '')?.[0];
}
