import { distance } from 'fastest-levenshtein';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { historyText } from '../benchmark/metric-history-text.js';
import { readMetrics, type MetricEntry } from '../benchmark/metric-history.js';
import { HarnessError } from '../common/errors.js';
import type { AddCommand } from './command-options.js';
import { exitCodes } from './exit-code.js';
import type { Terminal } from './terminal.js';

export type HistoryOptions = { scenario?: string; svg?: string };

/** `p2plab history`: what benches of this host found, bench after bench. */
export async function historyCommand(
  metric: string | undefined,
  { scenario, svg }: HistoryOptions,
  terminal: Terminal,
): Promise<number> {
  const all = await readMetrics();
  const known = all.filter(({ title }) => scenario === undefined || title.split(' ')[0] === scenario);
  if (known.length === 0) throw nothingKnown(all, scenario);
  if (metric === undefined) {
    for (const line of namesOf(known)) terminal.out(`${line}\n`);
    return exitCodes.passed;
  }
  const chosen = choose(known, metric);
  terminal.out(`${historyText(chosen)}\n`);
  if (svg !== undefined) await writeSvg(svg, chosen, terminal);
  return exitCodes.passed;
}

/** The metric with its step, or without: then of every step that has it. */
function choose(known: readonly MetricEntry[], metric: string): MetricEntry[] {
  const chosen = known.filter((entry) => entry.metric === metric || entry.metric.endsWith(` ${metric}`));
  if (chosen.length > 0) return chosen;
  const names = [...new Set(known.map((entry) => entry.metric))];
  const nearest = names.sort((a, b) => distance(metric, a) - distance(metric, b))[0];
  throw new HarnessError('scenario', `no bench has measured "${metric}", did you mean "${nearest}"?`, {
    remedy: 'p2plab history lists what there is',
  });
}

async function writeSvg(file: string, chosen: readonly MetricEntry[], { out }: Terminal): Promise<void> {
  const names = namesOf(chosen);
  if (names.length > 1)
    throw new HarnessError(
      'scenario',
      `--svg is for one metric of one scenario, and these are ${names.length}`,
      {
        remedy: `choose with --scenario, and one of: ${[...new Set(chosen.map(({ metric }) => metric))].join(', ')}`,
      },
    );
  const { historyChart } = await import('../benchmark/history-chart.js');
  await mkdir(path.dirname(path.resolve(file)), { recursive: true });
  await writeFile(file, historyChart(chosen));
  out(`${file}\n`);
}

const namesOf = (entries: readonly MetricEntry[]): string[] =>
  [...new Set(entries.map(({ title, metric }) => `${title}: ${metric}`))].sort();

function nothingKnown(all: readonly MetricEntry[], scenario: string | undefined): HarnessError {
  const titles = [...new Set(all.map(({ title }) => title.split(' ')[0]))].sort();
  if (scenario !== undefined && titles.length > 0)
    return new HarnessError('scenario', `no bench of ${scenario} is remembered`, {
      remedy: `there are benches of: ${titles.join(', ')}`,
    });
  return new HarnessError('scenario', 'no bench is remembered on this host', {
    remedy: 'run one: p2plab bench SCENARIO --head KERNEL',
  });
}

export const addHistory: AddCommand = (program, terminal, done) => {
  program
    .command('history')
    .description('what benches on this host found for a metric, one after the other')
    .argument('[metric]', 'as `p2plab bench` calls it; without it, what there is')
    .option('--scenario <name>', 'only benches of this scenario')
    .option('--svg <file>', 'write a picture of it')
    .addHelpText('after', '\nExample:\n  $ p2plab history "write instructions/IO" --svg cost.svg\n')
    .action(async (metric: string | undefined, options: HistoryOptions) =>
      done(await historyCommand(metric, options, terminal)),
    );
};
