/** The change of one file; no `from` when it is new, no `to` when it goes. */
export type FileDiff = { from?: string; to?: string; hunks: Hunk[] };

/**
 * `oldBegin`, `newBegin`: the first line that the hunk is about, counted from 1; where it has none on that side, the
 * line before which it stands. `marks`: a character for each of its lines, ' ' for both sides, '-' old, '+' new.
 */
export type Hunk = { oldBegin: number; newBegin: number; marks: string };

const hunkLine = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

/**
 * The files of a unified diff, as git makes them, whatever stands around it (mail headers, diffstat, signature). A
 * hunk is as long as its header says: text that looks like a diff behind it is not part of it.
 */
export function parseDiff(text: string): FileDiff[] {
  const lines = text.split('\n');
  const files: FileDiff[] = [];
  let current: FileDiff = { hunks: [] };
  const named = (side: 'from' | 'to', name: string) => {
    if (side === 'from') files.push((current = { hunks: [] }));
    if (name !== '/dev/null') current[side] = name;
  };
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!;
    const [, side, name] = /^(---|\+\+\+) (?:[ab]\/)?([^\t]+)/.exec(line) ?? [];
    const [, renamed, path] = /^rename (from|to) (.+)$/.exec(line) ?? [];
    const hunk = hunkLine.exec(line);
    if (renamed !== undefined) named(renamed as 'from' | 'to', path!);
    else if (side === '---' && /^\+\+\+ /.test(lines[at + 1] ?? '')) {
      // a rename has told the names already
      const isOfRename = current.hunks.length === 0 && current.from === name && current.to !== undefined;
      if (!isOfRename) named('from', name!);
    } else if (side === '+++') named('to', name!);
    else if (hunk) {
      const read = readHunk(hunk, lines, at + 1);
      current.hunks.push(read);
      at += read.marks.length;
    }
  }
  return files;
}

function readHunk(header: RegExpExecArray, lines: readonly string[], start: number): Hunk {
  const [oldStart, oldCount, newStart, newCount] = header.slice(1, 5).map((n) => Number(n ?? 1));
  let [old, fresh] = [oldCount!, newCount!];
  let marks = '';
  for (let at = start; (old > 0 || fresh > 0) && at < lines.length; at++) {
    const mark = lines[at]!.at(0) ?? ' '; // mail programs strip the blank of an empty line
    if (mark === '\\') marks += '\\';
    else if (mark === '+') [marks, fresh] = [marks + '+', fresh - 1];
    else if (mark === '-') [marks, old] = [marks + '-', old - 1];
    else [marks, old, fresh] = [marks + ' ', old - 1, fresh - 1];
  }
  return {
    oldBegin: oldCount === 0 ? oldStart! + 1 : oldStart!,
    newBegin: newCount === 0 ? newStart! + 1 : newStart!,
    marks,
  };
}
