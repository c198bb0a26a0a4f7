import Table from 'cli-table3';
import { frameless } from '../report/result-table.js';
import { gapsOf, type FileCoverage, type Gap } from './line-coverage.js';
import type { PatchCoverage } from './patch-coverage.js';

/** Files, their lines with code, and how many of them ran. */
export function fileTable(files: readonly FileCoverage[]): string {
  const table = new Table({ head: ['file', 'code', 'ran', '', 'inlined', 'merged'], ...frameless });
  for (const { file, lines, merged } of files) {
    const all = [...lines.values()];
    const ran = all.filter(({ runs }) => runs > 0).length;
    const inlined = all.filter((line) => line.inlined).length;
    table.push([file, all.length, ran, percent(ran, all.length), inlined, merged.size]);
  }
  return `${table.toString().replaceAll(/ +$/gm, '')}\n`;
}

/** What never ran of a file: ranges of lines, and their functions. */
export function gapText(file: FileCoverage): string {
  const gaps = gapsOf(file).map((gap) => `  never ran: ${place(gap)}\n`);
  const merged = [...file.merged].sort((a, b) => a - b);
  const cannotTell =
    merged.length > 0 ? `  cannot tell: ${merged.join(', ')} (no instruction of their own)\n` : '';
  return `${file.file}\n${gaps.join('')}${cannotTell}`;
}

/** A paragraph for each series, with a line for each patch and for what never ran of it. */
export function patchText(patches: readonly PatchCoverage[]): string {
  const series = [...new Set(patches.map((patch) => patch.series))];
  return series
    .map((name) => {
      const own = patches.filter((patch) => patch.series === name);
      return `${name}\n${own.map((patch, index) => onePatch(index + 1, patch)).join('')}`;
    })
    .join('\n');
}

/** `patch 3: 41 of 44 added lines ran, 20 without code`, with what the numbers hide. */
export function patchLine(number: number, patch: PatchCoverage): string {
  const { ran, neverRan, noCode, merged, replaced, inlined } = patch;
  const more = [
    [inlined, 'of them inlined calls'],
    [noCode, 'without code'],
    [merged, 'cannot be told'],
    [replaced, 'changed by later patches'],
  ] as const;
  const told = more.filter(([n]) => n > 0).map(([n, what]) => `${n} ${what}`);
  const first = ran + neverRan === 0 ? 'adds no code' : `${ran} of ${ran + neverRan} added lines ran`;
  return [`patch ${number}: ${first}`, ...told].join(', ');
}

function onePatch(number: number, patch: PatchCoverage): string {
  const gaps = patch.gaps.map((gap) => `      never ran: ${gapPlace(gap)}\n`);
  const notBuilt = patch.notBuilt.map((file) => `      not in this kernel: ${file}\n`);
  return `  ${patchLine(number, patch)}  ${patch.name}\n${gaps.join('')}${notBuilt.join('')}`;
}

/** `drivers/pci/p2pdma.c:212-214 (pci_p2pmem_alloc_sgl)` */
export const gapPlace = (gap: Gap & { file: string }): string => `${gap.file}:${place(gap)}`;

const place = ({ from, to, function: name }: Gap): string =>
  `${from === to ? from : `${from}-${to}`}${name && ` (${name})`}`;

/** Rounded down, so that 100 % is all. */
const percent = (part: number, whole: number): string =>
  whole === 0 ? '–' : `${Math.floor((100 * part) / whole)} %`;
