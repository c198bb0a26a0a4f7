import path from 'node:path';
import { HarnessError } from '../common/errors.js';

/** Where a mutant's fault is to be noticed first: folders of scenarios/. */
export const mutantAreas = [
  'allocation',
  'userspace',
  'copy',
  'nvmeof',
  'topology',
  'lifetime',
  'faults',
  'design',
] as const;

/** What kind of mistake it is. */
export const mutantClasses = [
  'accounting',
  'corruption',
  'policy',
  'provider',
  'lifetime',
  'abi',
  'fallback',
  'performance',
  'crash',
] as const;

/** A small fault of the kind that a patch could bring. */
export type Mutant = {
  /** Name of the file without `.patch`. */
  name: string;
  file: string;
  text: string;
  area: (typeof mutantAreas)[number];
  class: (typeof mutantClasses)[number];
  /** The rule that it breaks, as a sentence that holds without it. */
  rule: string;
  /** Why nothing can tell it from the unmodified kernel, of a mutant that survives with good reason. */
  equivalent?: string;
};

/**
 * Reads the header of a mutant: a patch whose message ends with `Mutant: AREA, CLASS, RULE`, and with
 * `Equivalent: ARGUMENT` if there is one, each on one line.
 * @param file for messages and for the name; nothing is opened
 * @throws HarnessError(scenario) when there is no such line, or an area or class is unknown
 */
export function readMutant(file: string, text: string): Mutant {
  const message = text.split(/^---$/m)[0]!;
  const lines = [...message.matchAll(/^Mutant: (\S+), (\S+), (\S.*)$/gm)];
  const [line] = lines;
  if (lines.length !== 1 || !line) {
    throw badMutant(
      file,
      `want one line "Mutant: area, class, rule" in the message, found ${lines.length || 'none'}`,
    );
  }
  const [, area, kind, rule] = line as unknown as [string, string, string, string];
  const equivalent = /^Equivalent: (\S.*)$/m.exec(message)?.[1];
  return {
    name: path.basename(file, '.patch'),
    file,
    text,
    area: oneOf(mutantAreas, area, file),
    class: oneOf(mutantClasses, kind, file),
    rule,
    ...(equivalent !== undefined && { equivalent }),
  };
}

function oneOf<T extends string>(known: readonly T[], word: string, file: string): T {
  const found = known.find((one) => one === word);
  if (found === undefined)
    throw badMutant(file, `want one of ${known.join(', ')}, found ${JSON.stringify(word)}`);
  return found;
}

const badMutant = (file: string, what: string) =>
  new HarnessError('scenario', `${file}: ${what}`, {
    remedy: 'write it like those of kernels/mutants',
    evidence: file,
  });
