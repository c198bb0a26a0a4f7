import type { Draft } from './draft.js';
import { wantText, type Complain } from './problems.js';
import { inWords } from './schema-parts.js';

/** A machine that a step ends is one of the scenario, not the step's own, and none of a later step. */
export function checkEndedMachines({ machineNames, steps }: Draft, complain: Complain): void {
  const ended = new Map<string, string>();
  for (const { path, read } of steps) {
    if (!read) continue;
    const { syntax, step } = read;
    const by = ended.get(step.machine);
    if (by !== undefined)
      complain([...path, 'on'], `want a machine that is still there, ${step.machine} is ended by step ${by}`);
    const victim = syntax.ends?.(step.params as never);
    if (victim === undefined) continue;
    const others = machineNames.filter((name) => name !== step.machine && !ended.has(name));
    if (!others.includes(victim)) {
      const place = [...path, step.kind, 'machine'];
      complain(place, wantText(place, `another machine (${inWords(others) || 'there is none'})`, victim));
    }
    ended.set(victim, step.name);
  }
}
