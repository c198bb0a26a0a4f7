import type { SeriesPatch } from './patch-series.js';

/** Files that a patch adds or changes, each once, relative to the source. */
export function touchedFiles(patches: readonly Pick<SeriesPatch, 'diff'>[]): string[] {
  const names = patches.flatMap(({ diff }) =>
    [...diff.matchAll(/^\+\+\+ (?:b\/)?([^\t\n]+)/gm)].map((m) => m[1]!),
  );
  return [...new Set(names)].filter((name) => name !== '/dev/null').sort();
}
