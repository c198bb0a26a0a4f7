import * as z from 'zod';
import type { ZodType } from 'zod';
import type { LogExpectation, LogMatch } from './scenario.js';
import * as parts from './schema-parts.js';

const anything = z.unknown().optional();
const maxExpression = 200;
const maxRepeats = 3;

/** `pattern` and the names of step and machine are looked up later, where a near one can be suggested. */
const keys = {
  pattern: parts.name('the name of a log pattern'),
  step: parts.name('the name of a step').optional(),
  on: parts.name('the name of a machine').optional(),
  matching: expression().optional(),
};

/** `log: {pattern, step, on, matching}`: such a line must be in the kernel log. */
export const logExpectationSchema: ZodType<LogExpectation> = z
  .strictObject({ log: z.strictObject(keys), only: anything })
  .transform(({ log }) => ({ type: 'log', ...log }));

/** An entry of `allow`: such lines may be in the kernel log. */
export const allowanceSchema: ZodType<LogMatch> = z
  .strictObject({ ...keys, only: anything })
  .transform(({ only: _only, ...match }) => match);

/**
 * A regular expression that cannot take long on a line of a few hundred characters: nothing of a group is repeated,
 * so no backtracking is exponential, and the few repeats there are bound the exponent of what is left.
 */
function expression(): ZodType<string> {
  const want = `a regular expression of at most ${maxExpression} characters, with at most ${maxRepeats} of * + {}, none of them after a group, and without back references`;
  return parts.part(want, (found) => {
    if (!parts.isScalar(found) || `${found}` === '' || `${found}`.length > maxExpression) return undefined;
    const bare = `${found}`.replaceAll(/\\[^1-9k]/g, 'x').replaceAll(/\[[^\]]*\]/g, 'x');
    const repeats = bare.match(/[*+{]/g)?.length ?? 0;
    return repeats <= maxRepeats && !/\)[*+{]|\\/.test(bare) && compiles(`${found}`) ? `${found}` : undefined;
  });
}

function compiles(text: string): boolean {
  try {
    return new RegExp(text, 'u').test('') !== undefined;
  } catch {
    return false;
  }
}
