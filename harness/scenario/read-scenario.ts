import { Problems, type Complain } from './problems.js';
import { readHead } from './read-head.js';
import { stepSchema } from './read-steps.js';
import { readBody, readVariant } from './read-variant.js';
import type { Scenario } from './scenario.js';
import type { StepSyntax } from './step-syntax.js';
import { checkVariables, substitute, type Cell, type Matrix } from './variants.js';
import { keyOffset, parseYaml, valueOffset, type YamlSource } from './yaml-source.js';

export type ScenarioFile = {
  file: string;
  name: string;
  title: string;
  tags: string[];
  /** All values that the file lists, also those that a setting left out of the variants. */
  matrix: Matrix;
  /** The values in use: the file's, or a setting's instead. */
  params: Record<string, string>;
  variants: Scenario[];
};

/**
 * Reads a scenario file into its variants.
 * @param file name for messages and for the scenarios; nothing is opened
 * @param set `--set key=value`: a matrix key keeps only that value, a param gets it. Keys that the file does not
 *   have are ignored, since other scenarios of the run may have them.
 * @throws HarnessError blame 'scenario', one problem a line `file:line:column: what was wanted, what was found`,
 *   all problems at once, in file order
 */
export function readScenario(
  file: string,
  text: string,
  kinds: readonly StepSyntax[],
  set: Record<string, string> = {},
): ScenarioFile {
  const problems = new Problems(file, text);
  const source = parseYaml(text);
  if (Array.isArray(source)) {
    for (const { offset, text } of source) problems.add(offset, text);
    throw problems.error();
  }
  const complain = complainTo(problems, source);
  const head = readHead(source.value, set, complain);
  if (!head) throw problems.error();
  const { fields, matrix, params, cells } = head;
  const unknown = findUnknownVariables(source, Object.keys({ ...matrix, ...params }), problems);
  const body = readBody(source.value, matrix, complain);
  const language = { kinds, step: stepSchema(kinds) };
  const variants = cells.map((cell) => {
    const read = readVariant(body, cell, params, language, complainTo(problems, source, unknown, cell));
    if (!fields || !read) return undefined;
    const { name, tags, without, boot } = fields;
    const title = substitute(fields.title, { ...params, ...cell }) as string;
    const own = boot === 'fresh' ? { boot } : {};
    return { file, name, title, tags, variant: cell, without, ...own, ...read };
  });
  if (!fields || problems.size > 0) throw problems.error(cells);
  const { name, title, tags } = fields;
  return { file, name, title, tags, matrix, params, variants: variants.filter((v) => v !== undefined) };
}

/** @returns the offsets of the values that hold one: what else is wrong with them follows from it */
function findUnknownVariables(source: YamlSource, known: readonly string[], problems: Problems): Set<number> {
  const offsets = new Set<number>();
  const { matrix: _matrix, params: _params, ...filled } = source.value as Record<string, unknown>;
  checkVariables(filled, known, (path, text) => {
    const offset = valueOffset(source, path);
    offsets.add(offset);
    problems.add(offset, text);
  });
  return offsets;
}

function complainTo(problems: Problems, source: YamlSource, except?: Set<number>, cell?: Cell): Complain {
  return (path, text, at = 'value') => {
    const offset = at === 'key' ? keyOffset(source, path) : valueOffset(source, path);
    if (!except?.has(offset)) problems.add(offset, text, cell);
  };
}
