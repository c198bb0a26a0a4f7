import { Option } from 'commander';
import wrapAnsi from 'wrap-ansi';
import { compareRuns, type RunComparison } from '../report/compare-runs.js';
import { comparisonText, proseColumns, timesText, timesWarning } from '../report/comparison-text.js';
import { loadRun } from '../report/load-run.js';
import type { AddCommand } from './command-options.js';
import { exitCodes } from './exit-code.js';
import type { Terminal } from './terminal.js';

export type CompareOptions = { format: 'text' | 'json' };

/** `p2plab compare`: returns exit code 1 when something passed in base and fails in head. */
export async function compareCommand(
  base: string,
  head: string,
  { format }: CompareOptions,
  { out }: Terminal,
): Promise<number> {
  const comparison = compareRuns(await loadRun(base), await loadRun(head));
  out(format === 'json' ? `${JSON.stringify(comparison, null, 2)}\n` : text(comparison));
  return comparison.results.some(({ change }) => change === 'new') ? exitCodes.failed : exitCodes.passed;
}

function text(comparison: RunComparison): string {
  const { base, head } = comparison;
  const times = timesText(comparison.numbers);
  return [
    `base: ${base.kernels.join(' and ')}, run ${base.id}\nthis run: ${head.kernels.join(' and ')}, run ${head.id}`,
    comparisonText(comparison),
    ...(times === undefined ? [] : [`${wrapAnsi(timesWarning, proseColumns)}\n\n${times}`]),
  ]
    .join('\n\n')
    .concat('\n');
}

export const addCompare: AddCommand = (program, terminal, done) => {
  program
    .command('compare')
    .description('tell what changed between two run folders: results, counts, environment')
    .argument('<base>', 'a run folder')
    .argument('<head>', 'a run folder, of the same scenarios')
    .addOption(new Option('--format <format>', 'how').choices(['text', 'json']).default('text'))
    .addHelpText(
      'after',
      '\nExample:\n  $ p2plab compare p2plab-runs/base p2plab-runs/head\n\nExit: 0 no new failure, 1 something fails that passed in base, 2 no run folder\n',
    )
    .action(async (base: string, head: string, options: CompareOptions) =>
      done(await compareCommand(base, head, options, terminal)),
    );
};
