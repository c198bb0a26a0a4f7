import { HarnessError } from '../common/errors.js';
import { matrixLimits } from '../jobs/ci-matrix.js';

/**
 * As many as a series needs when each VM comes up and no host breaks: what failed is run twice more, and what then passed,
 * twice again.
 */
export const usualRounds = 3;

/** Each is two jobs of the workflow; 4 runs again, one after the other, and as many because guests did not come up. */
const mostRounds = 9;

/**
 * A CI file with its rounds: what is between `# begin` and `# end` once for each but the first. All rounds of a workflow
 * run share GitHub's limit of a matrix; the first, of all jobs, gets half of it.
 * @throws HarnessError(scenario)
 */
export function withRounds(text: string, rounds: number): string {
  if (rounds > mostRounds)
    throw new HarnessError('scenario', `${rounds} rounds are more than a series can need`, {
      remedy: `ask for ${mostRounds} or fewer; ${usualRounds} do when no host breaks`,
    });
  const numbers = Array.from({ length: rounds }, (_, n) => n + 1);
  const half = matrixLimits.github / 2;
  const values = {
    rounds,
    first: rounds === 1 ? matrixLimits.github : half,
    later: Math.floor(half / Math.max(1, rounds - 1)),
    all: numbers.map((n) => `round-${n}`).join(', '),
  };
  const unrolled = text.replace(/^ *# begin\n([^]*?)^ *# end\n/m, (_, block: string) =>
    numbers
      .slice(1)
      .map((n) => fill(block, { n, before: n - 1 }))
      .join(''),
  );
  return fill(unrolled, values);
}

const fill = (text: string, values: Record<string, string | number>): string =>
  Object.entries(values).reduce(
    (filled, [name, value]) => filled.replaceAll(`__${name}__`, `${value}`),
    text,
  );
