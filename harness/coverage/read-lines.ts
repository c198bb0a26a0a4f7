import { execa } from 'execa';
import path from 'node:path';
import { HarnessError, Interrupted } from '../common/errors.js';
import { kernelBase } from '../evidence/executed-blocks.js';
import { parseChains, type Chain } from './inline-chains.js';
import { LineTableParser, type LineRow, type Unit } from './line-table.js';

/** The rows of the landmark and of the units that have any code of the wanted files, and by whom it was inlined. */
export type SourceLines = { rows: LineRow[]; chains: Map<number, Chain> };

/** In every kernel: from its path in the table follows what the others are relative to. */
export const landmark = 'init/main.c';

/**
 * Reads vmlinux's line table with binutils; paths become relative to the top of the kernel's source.
 * @throws HarnessError(scenario) when vmlinux has no line table, HarnessError(host) when binutils are missing; Interrupted
 */
export async function readSourceLines(
  vmlinux: string,
  wanted: (file: string) => boolean,
  signal: AbortSignal,
): Promise<SourceLines> {
  const units = await readUnits(vmlinux, signal);
  const relative = relativeTo(topOf(units.map(({ name }) => name)));
  if (!relative) throw noLineTable(vmlinux);
  const rows: LineRow[] = [];
  for (const unit of units) {
    const isWanted = ({ file }: LineRow) => relative(file) === landmark || wanted(relative(file));
    if (unit.rows.some(isWanted))
      for (const row of unit.rows) rows.push({ ...row, file: relative(row.file) });
  }
  const starts = rows.flatMap(({ start, end }) => (start === end ? [] : [start]));
  return { rows, chains: await readChains(vmlinux, starts, signal) };
}

export const noLineTable = (vmlinux: string): HarnessError =>
  new HarnessError('scenario', `${vmlinux} has no line table`, {
    remedy: 'build the kernel with make KCFLAGS=-g1, or with CONFIG_DEBUG_INFO',
  });

/** What the paths of a tool begin with; addr2line puts the folder of the compiler before relative ones, readelf does not. */
const topOf = (files: readonly string[]): string | undefined =>
  files.find((file) => file === landmark || file.endsWith(`/${landmark}`))?.slice(0, -landmark.length);

const relativeTo = (top: string | undefined) =>
  top === undefined ? undefined : (file: string) => (file.startsWith(top) ? file.slice(top.length) : file);

async function readUnits(vmlinux: string, signal: AbortSignal): Promise<Unit[]> {
  const units: Unit[] = [];
  const parser = new LineTableParser((unit) => units.push(unit));
  const argv = ['--wide', '--debug-dump=decodedline', vmlinux];
  const readelf = execa('readelf', argv, { ...binutils, buffer: false, cancelSignal: signal });
  for await (const line of readelf.iterable()) parser.line(line);
  check(await readelf, vmlinux, signal);
  parser.finish();
  return units;
}

/**
 * Whose text the instructions at some addresses are, less kernelBase; one of them must be of the landmark.
 * @throws as readSourceLines()
 */
export async function readChains(
  vmlinux: string,
  addresses: readonly number[],
  signal: AbortSignal,
): Promise<Map<number, Chain>> {
  const input = [...new Set(addresses)]
    .map((start) => `${(kernelBase + BigInt(start)).toString(16)}\n`)
    .join('');
  const argv = ['--addresses', '--functions', '--inlines', '--exe', vmlinux];
  const answered = await execa('addr2line', argv, { ...binutils, input, cancelSignal: signal });
  check(answered, vmlinux, signal);
  const chains = parseChains(answered.stdout);
  const frames = [...chains.values()].flat();
  const relative = relativeTo(topOf(frames.map(({ file }) => file)));
  if (relative) for (const frame of frames) frame.file = relative(frame.file);
  return chains;
}

export const binutils = {
  reject: false,
  env: { LC_ALL: 'C', DEBUGINFOD_URLS: '' },
  stderr: 'ignore',
  maxBuffer: 2 ** 30,
} as const;

type Ended = { failed: boolean; code?: string; shortMessage?: string };

export function check({ failed, code, shortMessage }: Ended, vmlinux: string, signal: AbortSignal): void {
  if (signal.aborted) throw new Interrupted();
  if (!failed) return;
  if (code === 'ENOENT')
    throw new HarnessError('host', 'readelf and addr2line are needed to read a line table', {
      remedy: 'apt-get install binutils',
    });
  throw new HarnessError(
    'host',
    `the line table of ${path.resolve(vmlinux)} cannot be read: ${shortMessage}`,
    {
      remedy: `see what this says: readelf --debug-dump=decodedline ${vmlinux} | tail`,
    },
  );
}
