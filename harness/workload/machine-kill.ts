import * as z from 'zod';
import { name } from '../scenario/schema-parts.js';
import { stepKind } from './step-kind.js';

/**
 * Switches a machine off in the middle of whatever it does, as a power cut would: nothing is flushed, no connection is
 * closed by its kernel. From then on it is out of the scenario: no later step can be on it, and no evidence is asked of it.
 */
export const machineKill = stepKind({
  kind: 'machine-kill',
  summary: 'switches a machine off at once; the others go on',
  parameters: 'machine (another than the one that the step is on)',
  params: z.strictObject({ machine: name('the name of a machine') }),
  ends: ({ machine }) => machine,
  commands: ({ machine }) => [{ label: 'off', on: machine, qmp: { execute: 'quit' }, ends: true }],
  samples: () => [],
});
