import { followLines } from './follow-lines.js';
import type { FileCoverage, Gap } from './line-coverage.js';
import { parseDiff } from './parse-diff.js';

/** A patch as it was applied: with the line numbers that the files really had. */
export type AppliedPatch = { series: string; name: string; diff: string };

/** What became of the lines that a patch adds. The parts of `added` exclude each other. */
export type PatchCoverage = {
  series: string;
  name: string;
  /** Lines with a plus: added and changed ones. */
  added: number;
  /** Of them with code that ran, and with code that never ran. */
  ran: number;
  neverRan: number;
  /** The compiler left no instruction of their own: whether they ran cannot be told. */
  merged: number;
  /** Comments, declarations, blank lines, documentation, and what the configuration leaves out. */
  noCode: number;
  /** Taken away or changed by a later patch, whose lines they are then. */
  replaced: number;
  /** Of `ran` and `neverRan`: calls that were inlined, told by the code that is there in their place. */
  inlined: number;
  gaps: (Gap & { file: string })[];
  /** C and assembler files with added lines of which this kernel has no code at all. */
  notBuilt: string[];
};

/**
 * Which of the lines that each patch adds ran.
 * @param patches in the order in which they were applied, all that the kernel has: later ones move lines of earlier ones
 * @param files coverage of at least the files that the patches touch
 */
export function patchCoverage(
  patches: readonly AppliedPatch[],
  files: readonly FileCoverage[],
): PatchCoverage[] {
  const { owners, added } = followLines(patches.map(({ diff }) => diff));
  const all = patches.map(({ series, name }, index): PatchCoverage => {
    const parts = { ran: 0, neverRan: 0, merged: 0, noCode: 0, replaced: 0, inlined: 0 };
    return { series, name, added: added[index]!, ...parts, gaps: [], notBuilt: [] };
  });
  const byName = new Map(files.map((file) => [file.file, file]));
  for (const [name, lines] of owners) {
    const file = byName.get(name);
    for (const [line, owner] of lines) count(all[owner]!, line, file);
    if (file) addGaps(all, lines, file);
    else if (/\.[cS]$/.test(name))
      for (const owner of new Set(lines.values())) all[owner]!.notBuilt.push(name);
  }
  for (const patch of all)
    patch.replaced = patch.added - patch.ran - patch.neverRan - patch.merged - patch.noCode;
  return all;
}

function count(patch: PatchCoverage, line: number, file: FileCoverage | undefined): void {
  const covered = file?.lines.get(line);
  if (!covered) patch[file?.merged.has(line) ? 'merged' : 'noCode']++;
  else {
    patch[covered.runs > 0 ? 'ran' : 'neverRan']++;
    if (covered.inlined) patch.inlined++;
  }
}

/** A range has only lines of one patch in it, beside lines without code. */
function addGaps(
  all: readonly PatchCoverage[],
  owners: ReadonlyMap<number, number>,
  { file, lines }: FileCoverage,
): void {
  let open: { gap: Gap; owner: number } | undefined;
  for (const [line, { runs, function: name }] of [...lines].sort(([a], [b]) => a - b)) {
    const owner = owners.get(line);
    if (runs > 0 || owner === undefined) open = undefined;
    else if (open && open.owner === owner && open.gap.function === name) open.gap.to = line;
    else {
      const gap = { file, from: line, to: line, function: name };
      all[owner]!.gaps.push(gap);
      open = { gap, owner };
    }
  }
}

/** Files that patches leave changed, from the top of the kernel's source. */
export const touchedFiles = (patches: readonly AppliedPatch[]): Set<string> =>
  new Set(patches.flatMap(({ diff }) => parseDiff(diff).flatMap(({ to }) => to ?? [])));

/** `41/44`: of the lines with code that some patches add, how many ran; a dash when they add none. */
export function patchCoverageCell(patches: readonly Pick<PatchCoverage, 'ran' | 'neverRan'>[]): string {
  const ran = patches.reduce((sum, patch) => sum + patch.ran, 0);
  const all = patches.reduce((sum, patch) => sum + patch.neverRan, ran);
  return all === 0 ? '–' : `${ran}/${all}`;
}
