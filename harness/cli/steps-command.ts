import { distance } from 'fastest-levenshtein';
import { HarnessError } from '../common/errors.js';
import { stepKinds } from '../workload/step-kinds.js';
import { exitCodes } from './exit-code.js';
import type { Terminal } from './terminal.js';
import type { AddCommand } from './command-options.js';

/**
 * `p2plab steps [kind]`: one line a kind, or all about one.
 * @throws HarnessError(scenario) when there is no such kind
 */
export function stepsCommand(kind: string | undefined, { out, colors }: Terminal): number {
  const shown = stepKinds.filter((known) => kind === undefined || known.kind === kind);
  if (kind !== undefined && shown.length === 0) throw noSuchKind(kind);
  const width = Math.max(...shown.map((known) => known.kind.length));
  for (const known of shown) {
    out(`${colors.bold(known.kind.padEnd(width))}  ${known.summary}\n`);
    if (kind === undefined) continue;
    out(`  parameters: ${known.parameters}\n  records: ${known.records ?? 'nothing'}\n`);
  }
  return exitCodes.passed;
}

function noSuchKind(kind: string): HarnessError {
  const names = stepKinds.map((known) => known.kind);
  const nearest = names.sort((a, b) => distance(kind, a) - distance(kind, b))[0];
  return new HarnessError('scenario', `no kind of step "${kind}", did you mean "${nearest}"?`, {
    remedy: 'give a kind that p2plab steps shows',
  });
}

export const addSteps: AddCommand = (program, terminal, done) => {
  program
    .command('steps')
    .description('list the kinds of steps, or tell parameters and samples of one')
    .argument('[kind]', 'a kind, like fio')
    .addHelpText('after', '\nExample:\n  $ p2plab steps fio\n')
    .action((kind: string | undefined) => done(stepsCommand(kind, terminal)));
};
