import { createHash } from 'node:crypto';
import type { Scenario } from './scenario.js';

/** Of all that a scenario is made of, with the values of its parameters; not of where its file is. */
export function scenarioId({ file: _, ...scenario }: Scenario): string {
  return createHash('sha256').update(JSON.stringify(scenario)).digest('hex').slice(0, 16);
}
