import type { ExecutedCode } from './executed-code.js';
import type { Chain } from './inline-chains.js';
import type { LineRow } from './line-table.js';

/**
 * A line with code. `inlined`: it has no instruction of its own, but calls a function that was put in its place, and
 * ran when any of that did.
 */
export type CoveredLine = { runs: number; function: string; inlined: boolean };

/**
 * What ran of a source file. A line that is not in `lines` has no code. Those in `merged` had, and the compiler kept
 * their place but no instruction of their own: whether they ran cannot be told.
 */
export type FileCoverage = { file: string; lines: Map<number, CoveredLine>; merged: Set<number> };

/**
 * Lines of the wanted files, by what ran. A file appears when any row or inlined call is of it.
 * @param rows of whole units, so that code inlined from elsewhere is among them
 */
export function lineCoverage(
  rows: readonly LineRow[],
  chains: ReadonlyMap<number, Chain>,
  executed: ExecutedCode,
  wanted: (file: string) => boolean,
): FileCoverage[] {
  const files = new Map<string, FileCoverage>();
  const fileOf = (file: string): FileCoverage => {
    const known = files.get(file) ?? { file, lines: new Map(), merged: new Set() };
    files.set(file, known);
    return known;
  };
  const calls: (() => void)[] = [];
  for (const { file, line, start, end } of rows) {
    if (start === end) {
      if (wanted(file)) fileOf(file).merged.add(line);
      continue;
    }
    const runs = executed.runs(start, end);
    const chain = chains.get(start) ?? [];
    const inner = chain.find((frame) => frame.file === file && frame.line === line);
    if (wanted(file)) add(fileOf(file), line, { runs, function: inner?.function ?? '', inlined: false });
    for (const call of chain.slice(1)) {
      if (!wanted(call.file) || (call.file === file && call.line === line)) continue;
      calls.push(() =>
        addCall(fileOf(call.file), call.line, { runs, function: call.function, inlined: true }),
      );
    }
  }
  for (const addLater of calls) addLater(); // a line's own instructions come first: they outrank what it calls
  for (const { lines, merged } of files.values()) for (const line of lines.keys()) merged.delete(line);
  return [...files.values()].sort((a, b) => (a.file < b.file ? -1 : 1));
}

function add({ lines }: FileCoverage, line: number, seen: CoveredLine): void {
  const known = lines.get(line);
  if (!known) lines.set(line, seen);
  else {
    known.runs = Math.max(known.runs, seen.runs);
    known.function ||= seen.function;
  }
}

const addCall = (file: FileCoverage, line: number, seen: CoveredLine): void => {
  if (file.lines.get(line)?.inlined !== false) add(file, line, seen);
};

/** Next to each other among the lines with code, in one function, and never run. */
export type Gap = { from: number; to: number; function: string };

export function gapsOf({ lines }: FileCoverage): Gap[] {
  const gaps: Gap[] = [];
  let open: Gap | undefined;
  for (const [line, { runs, function: name }] of [...lines].sort(([a], [b]) => a - b)) {
    if (runs > 0) open = undefined;
    else if (open && open.function === name) open.to = line;
    else gaps.push((open = { from: line, to: line, function: name }));
  }
  return gaps;
}
