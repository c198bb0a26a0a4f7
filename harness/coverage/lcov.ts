import type { FileCoverage } from './line-coverage.js';

/**
 * A tracefile as geninfo(1) of lcov 1.16 describes it. A function begins at its first line with code, and was called
 * as often as that ran; inlined functions are there like others.
 * @param test a name for the whole
 */
export function lcovText(test: string, files: readonly FileCoverage[]): string {
  return files.map((file) => record(test.replaceAll(/\W/g, '_'), file)).join('');
}

function record(test: string, { file, lines }: FileCoverage): string {
  const sorted = [...lines].sort(([a], [b]) => a - b);
  const functions = new Map<string, { line: number; runs: number }>();
  for (const [line, { runs, function: name }] of sorted) {
    const known = functions.get(name);
    if (name !== '' && !known) functions.set(name, { line, runs });
    else if (known?.runs === 0) known.runs = runs; // its first lines are merged with others
  }
  const called = [...functions.values()].filter(({ runs }) => runs > 0);
  const ran = sorted.filter(([, { runs }]) => runs > 0);
  return [
    `TN:${test}`,
    `SF:${file}`,
    ...[...functions].map(([name, { line }]) => `FN:${line},${name}`),
    ...[...functions].map(([name, { runs }]) => `FNDA:${runs},${name}`),
    `FNF:${functions.size}`,
    `FNH:${called.length}`,
    ...sorted.map(([line, { runs }]) => `DA:${line},${runs}`),
    `LF:${sorted.length}`,
    `LH:${ran.length}`,
    'end_of_record',
    '',
  ].join('\n');
}
