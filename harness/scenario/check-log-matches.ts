import { checkStep } from './check-expectations.js';
import type { Draft } from './draft.js';
import { logPatternNames } from './log-pattern-names.js';
import { suggestion } from './nearest.js';
import { inMessage, wantText, type Complain, type Path } from './problems.js';
import type { LogMatch } from './scenario.js';
import { inWords } from './schema-parts.js';

/** What is expected of a kernel log or allowed in it is a pattern there is, in steps and machines of this variant. */
export function checkLogMatches({ machineNames, steps, expect, allow }: Draft, complain: Complain): void {
  const expected = expect.flatMap(({ path, expectation }) =>
    expectation.type === 'log' ? [{ path: [...path, 'log'], match: expectation }] : [],
  );
  for (const { path, match } of [...expected, ...allow]) {
    checkPattern(match, path, complain);
    if (match.step !== undefined) checkStep(match.step, steps, [...path, 'step'], complain);
    if (match.on !== undefined && !machineNames.includes(match.on)) {
      const place = [...path, 'on'];
      complain(place, wantText(place, `the machine ${inWords(machineNames)}`, match.on));
    }
  }
}

function checkPattern({ pattern }: LogMatch, path: Path, complain: Complain): void {
  if ((logPatternNames as readonly string[]).includes(pattern)) return;
  complain(
    [...path, 'pattern'],
    `unknown log pattern ${inMessage(pattern)}, ${suggestion(pattern, logPatternNames)}`,
  );
}
