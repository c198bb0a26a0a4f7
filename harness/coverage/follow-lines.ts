import { parseDiff, type FileDiff, type Hunk } from './parse-diff.js';

/** Of each file, its lines that one of the patches added, and which: the index of the patch. */
export type Owners = Map<string, Map<number, number>>;

/**
 * Where the lines that patches add are after the last of them: later ones move lines of earlier ones, and take them
 * away. Line numbers of a diff must be those of the file that it was really applied to.
 * @param diffs in the order in which they are applied
 */
export function followLines(diffs: readonly string[]): { owners: Owners; added: number[] } {
  const owners: Owners = new Map();
  const added = diffs.map((text, patch) => {
    const files = parseDiff(text);
    for (const file of files) apply(owners, file, patch);
    return files.reduce((sum, { hunks }) => sum + countOf(hunks, '+'), 0);
  });
  return { owners, added };
}

function apply(owners: Owners, { from, to, hunks }: FileDiff, patch: number): void {
  const before = (from === undefined ? undefined : owners.get(from)) ?? new Map<number, number>();
  const after = new Map<number, number>();
  for (const [line, owner] of before) {
    const moved = moveLine(hunks, line);
    if (moved !== undefined) after.set(moved, owner);
  }
  for (const { newBegin, marks } of hunks) {
    let line = newBegin;
    for (const mark of marks) {
      if (mark === '+') after.set(line, patch);
      if (mark === '+' || mark === ' ') line++;
    }
  }
  if (from !== undefined && from !== to) owners.delete(from);
  if (to !== undefined) owners.set(to, after);
}

/** Where a line of the old file is in the new one; undefined when it is gone. */
function moveLine(hunks: readonly Hunk[], line: number): number | undefined {
  let shift = 0;
  for (const hunk of hunks) {
    const { oldBegin, newBegin, marks } = hunk;
    if (line < oldBegin) break;
    let [old, fresh] = [oldBegin, newBegin];
    for (const mark of marks) {
      if (old === line && mark !== '+' && mark !== '\\') return mark === '-' ? undefined : fresh;
      if (mark === ' ' || mark === '-') old++;
      if (mark === ' ' || mark === '+') fresh++;
    }
    shift = fresh - old;
  }
  return line + shift;
}

const countOf = (hunks: readonly Hunk[], mark: string): number =>
  hunks.reduce((sum, { marks }) => sum + marks.split(mark).length - 1, 0);
