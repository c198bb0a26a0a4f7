import { Option } from 'commander';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import wrapAnsi from 'wrap-ansi';
import { HarnessError } from '../common/errors.js';
import { compareCosts } from '../cost/compare-costs.js';
import { costLimits, costTable, costText } from '../cost/cost-text.js';
import { costTreemap } from '../cost/cost-treemap.js';
import { readRunCosts, type ResultCost } from '../cost/read-run-costs.js';
import { proseColumns } from '../report/comparison-text.js';
import type { AddCommand } from './command-options.js';
import { exitCodes } from './exit-code.js';
import type { Terminal } from './terminal.js';

export type CostOptions = { svg?: string; format: 'text' | 'json' };

/** `p2plab cost`: what an I/O costs in one run, or how that differs between two. @returns the exit code: no verdict */
export async function costCommand(
  baseDir: string,
  headDir: string | undefined,
  options: CostOptions,
  { out, signal }: Terminal,
): Promise<number> {
  const base = await readRunCosts(baseDir, signal);
  const head = headDir === undefined ? base : await readRunCosts(headDir, signal);
  const both = pairs(base, head);
  if (both.length === 0)
    throw new HarnessError('scenario', `${baseDir} and ${headDir} have no scenario in common`, {
      remedy: 'give runs of the same scenarios',
    });
  const json = options.format === 'json';
  const compared = both.map(([before, after]) => ({
    ...{ title: before.title, base: before.kernel, head: after.kernel },
    ...compareCosts(before.costs, after.costs),
  }));
  if (json) out(`${JSON.stringify(headDir === undefined ? base : compared, null, 2)}\n`);
  else if (headDir === undefined) {
    for (const { title, kernel, costs } of base)
      out(`${title}, ${kernel}\n\n${costs.map(costTable).join('\n')}\n`);
    out(`${wrapAnsi(costLimits, proseColumns)}\n`);
  } else
    for (const one of compared)
      out(`${one.title}\nbase: ${one.base}\nhead: ${one.head}\n\n${costText(one)}\n`);
  if (options.svg === undefined) return exitCodes.passed;
  for (const file of await writePictures(options.svg, both)) if (!json) out(`${file} written\n`);
  return exitCodes.passed;
}

/** By title; a scenario that ran on several kernels in one run is paired in order. */
function pairs(base: readonly ResultCost[], head: readonly ResultCost[]): [ResultCost, ResultCost][] {
  const left = [...head];
  return base.flatMap((one): [ResultCost, ResultCost][] => {
    const at = left.findIndex(({ title }) => title === one.title);
    return at < 0 ? [] : [[one, left.splice(at, 1)[0]!]];
  });
}

/** One file for each step: of several the names have the step in them. @returns the files */
async function writePictures(
  file: string,
  both: readonly (readonly [ResultCost, ResultCost])[],
): Promise<string[]> {
  const drawn = both.flatMap(([before, after]) =>
    before.costs.flatMap((cost) => {
      const other = after.costs.find(({ step, machine }) => step === cost.step && machine === cost.machine);
      if (!other) return [];
      const name = `${before.title} ${cost.step} ${cost.machine}`.replaceAll(/[^\w.=-]+/g, '_');
      return [{ name, svg: costTreemap(before.title, cost, other) }];
    }),
  );
  const { dir, name, ext } = path.parse(file);
  const files = drawn.map((one) => (drawn.length === 1 ? file : path.join(dir, `${name}.${one.name}${ext}`)));
  await mkdir(path.resolve(dir), { recursive: true });
  for (const [n, { svg }] of drawn.entries()) await writeFile(files[n]!, svg);
  return files;
}

export const addCost: AddCommand = (program, terminal, done) => {
  program
    .command('cost')
    .description("tell the kernel's instructions per I/O, from runs with --cost; needs no QEMU")
    .argument('<run>', 'a run folder; with another one it is the base')
    .argument('[head]', 'a run folder of the same scenarios: what changed')
    .option('--svg <file>', 'write a treemap, too: areas are instructions, of several steps a file each')
    .addOption(new Option('--format <format>', 'how').choices(['text', 'json']).default('text'))
    .addHelpText('after', '\nExample:\n  $ p2plab cost p2plab-runs/base p2plab-runs/head --svg cost.svg\n')
    .action(async (base: string, head: string | undefined, options: CostOptions) =>
      done(await costCommand(base, head, options, terminal)),
    );
};
