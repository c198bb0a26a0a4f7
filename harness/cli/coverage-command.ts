import { Option } from 'commander';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { HarnessError } from '../common/errors.js';
import { fileTable, gapText, patchText } from '../coverage/coverage-text.js';
import { sourceOf, type RunKernel, type RunSource } from '../coverage/kernel-of-run.js';
import { lcovText } from '../coverage/lcov.js';
import type { FileCoverage } from '../coverage/line-coverage.js';
import { measureCoverage, measureFiles, measurePatches } from '../coverage/measure-coverage.js';
import { touchedFiles } from '../coverage/patch-coverage.js';
import { readRunCoverage, type RecordedKernel } from '../coverage/read-run-coverage.js';
import type { AddCommand } from './command-options.js';
import { exitCodes } from './exit-code.js';
import type { Terminal } from './terminal.js';

export type CoverageOptions = { file: string[]; patches?: boolean; kernel?: string; lcov?: string };

/** `p2plab coverage`: which lines of the kernel ran. @returns the exit code: coverage has no verdict */
export async function coverageCommand(
  dirs: string[],
  options: CoverageOptions,
  terminal: Terminal,
): Promise<number> {
  const { out, signal } = terminal;
  const { file: names, patches, lcov } = options;
  const kernels = ofKernel(await readRunCoverage(dirs), options.kernel);
  if (lcov !== undefined && kernels.length > 1) throw oneKernel(kernels);
  for (const recorded of kernels) {
    const { kernel, variants, executed } = recorded;
    out(`${kernel.name} ${kernel.id}: ${variants} ${variants === 1 ? 'variant' : 'variants'}\n`);
    if (executed.dropped > 0)
      out(`incomplete: the table of the QEMU plugin was full, ${executed.dropped} blocks were not counted\n`);
    const needsSource = patches || names.length === 0;
    const source = needsSource ? await sourceOf(kernel, signal) : await sourceIfKnown(kernel, lcov, signal);
    if (patches) out(`\n${patchText(await measurePatches(recorded, source!.patches, signal))}`);
    if (patches && names.length === 0 && lcov === undefined) continue;
    const files = await filesAsked(recorded, names, source, signal);
    out(`\n${fileTable(files)}`);
    if (names.length > 0) out(`\n${files.map(gapText).join('\n')}`);
    if (lcov !== undefined) await writeLcov(lcov, kernel.name, { files, source }, out);
  }
  return exitCodes.passed;
}

/** Those that are named, else those that the kernel's patches touch. */
async function filesAsked(
  recorded: RecordedKernel,
  names: readonly string[],
  source: RunSource | undefined,
  signal: AbortSignal,
): Promise<FileCoverage[]> {
  if (names.length > 0) return measureFiles(recorded, names, signal);
  const touched = touchedFiles(source?.patches ?? []);
  return measureCoverage(recorded, (file) => touched.has(file), signal);
}

/** For a tracefile, whose readers show the source; a user's own build has it somewhere else. */
async function sourceIfKnown(
  kernel: RunKernel,
  lcov: string | undefined,
  signal: AbortSignal,
): Promise<RunSource | undefined> {
  if (lcov === undefined) return undefined;
  return sourceOf(kernel, signal).catch((error: unknown) => {
    if (error instanceof HarnessError && error.blame === 'scenario') return undefined;
    throw error;
  });
}

/** The tracefile, and the source that its paths are in, for genhtml. */
async function writeLcov(
  file: string,
  kernel: string,
  { files, source }: { files: FileCoverage[]; source?: RunSource },
  out: Terminal['out'],
): Promise<void> {
  await mkdir(path.dirname(path.resolve(file)), { recursive: true });
  await writeFile(file, lcovText(kernel, files));
  const folder = `${file}.source`;
  for (const { file: name } of files) {
    const text = await source?.textOf(name);
    if (text === undefined) continue;
    await mkdir(path.join(folder, path.dirname(name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
  const absolute = path.resolve(file);
  const where = source ? folder : 'THE KERNEL SOURCE';
  out(`\n${file} written; for a web page: (cd ${where} && genhtml -o ${absolute}.html ${absolute})\n`);
}

function ofKernel(kernels: RecordedKernel[], name: string | undefined): RecordedKernel[] {
  const wanted = kernels.filter(({ kernel }) => name === undefined || kernel.name === name);
  if (wanted.length > 0) return wanted;
  throw new HarnessError('scenario', `no variant was run with coverage on ${name}`, {
    remedy: `give one of ${[...new Set(kernels.map(({ kernel }) => kernel.name))].join(', ')}`,
  });
}

const oneKernel = (kernels: readonly RecordedKernel[]) =>
  new HarnessError(
    'scenario',
    `--lcov is for one kernel, and these are ${kernels.map(({ kernel }) => `${kernel.name} (${kernel.id})`).join(' and ')}`,
    { remedy: 'choose one with --kernel' },
  );

/** Adds the command to the program. */
export const addCoverage: AddCommand = (program, terminal, done) => {
  program
    .command('coverage')
    .description('tell which lines of the kernel ran, from runs with --coverage; needs no QEMU')
    .argument('<run...>', 'run folders: what ran in any of them ran')
    .addOption(
      new Option('--file <path>', 'a file or folder of the kernel, and what never ran of it (repeatable)')
        .argParser((value: string, list: string[]) => [...list, value])
        .default([], 'what the series touch'),
    )
    .option('--patches', 'of the lines that each patch adds, how many ran')
    .option('--kernel <name>', 'of runs on several kernels, only this one')
    .option('--lcov <file>', 'write a tracefile of lcov, and the source beside it')
    .addHelpText('after', '\nExample:\n  $ p2plab coverage p2plab-runs/2026-11-22T181225Z-4f1c --patches\n')
    .action(async (dirs: string[], options: CoverageOptions) =>
      done(await coverageCommand(dirs, options, terminal)),
    );
};
