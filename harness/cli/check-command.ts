import { readScenarios } from './find-scenarios.js';
import { exitCodes } from './exit-code.js';
import type { Terminal } from './terminal.js';

/** `p2plab check`: reads scenario files and nothing else. @throws HarnessError(scenario) with every problem */
export async function checkCommand(names: string[], { out }: Terminal): Promise<number> {
  for (const { file, variants } of await readScenarios(names))
    out(`${file}: ok, ${variants.length === 1 ? '1 variant' : `${variants.length} variants`}\n`);
  return exitCodes.passed;
}
