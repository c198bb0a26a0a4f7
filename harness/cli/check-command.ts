import { readScenarios } from './find-scenarios.js';
import { exitCodes } from './exit-code.js';
import type { Terminal } from './terminal.js';
import type { AddCommand } from './command-options.js';

/** `p2plab check`: reads scenario files and nothing else. @throws HarnessError(scenario) with every problem */
export async function checkCommand(names: string[], { out }: Terminal): Promise<number> {
  for (const { file, variants } of await readScenarios(names))
    out(`${file}: ok, ${variants.length === 1 ? '1 variant' : `${variants.length} variants`}\n`);
  return exitCodes.passed;
}

export const addCheck: AddCommand = (program, terminal, done) => {
  program
    .command('check')
    .description('validate scenario files; needs no QEMU')
    .argument('[file...]', 'YAML files or names (default: all of scenarios/)')
    .addHelpText('after', '\nExample:\n  $ p2plab check my-scenario.yaml\n')
    .action(async (names: string[]) => done(await checkCommand(names, terminal)));
};
