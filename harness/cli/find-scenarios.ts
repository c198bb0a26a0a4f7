import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { distance } from 'fastest-levenshtein';
import { HarnessError } from '../common/errors.js';
import { packageRoot } from '../common/paths.js';
import { readScenario, type ScenarioFile } from '../scenario/read-scenario.js';
import { readTags } from '../scenario/read-tags.js';
import { parseTagExpression } from '../scenario/tag-expression.js';
import type { Scenario } from '../scenario/scenario.js';
import { stepKinds } from '../workload/step-kinds.js';

export const scenarioDir = path.join(packageRoot, 'scenarios');

/** The area that a scenario of the library is of: the folder of scenarios/ that it is in. */
export const areaOf = (file: string): string => path.basename(path.dirname(path.resolve(file)));

export type Selection = { names: string[]; tag?: string; set?: Record<string, string> };

/**
 * Reads scenario files: those named (a name in scenarios/, or a path), or all of scenarios/.
 * @param tag an expression that they must match. Files of scenarios/ that are seen not to are left out before they are
 *   parsed, so that their mistakes are not told; those that are named are read whole.
 * @throws HarnessError(scenario) with the problems of every file at once
 */
export async function readScenarios(
  names: string[],
  set: Record<string, string> = {},
  tag?: string,
): Promise<ScenarioFile[]> {
  const isWanted = tag === undefined ? () => true : parseTagExpression(tag);
  const known = await knownScenarios();
  const files = names.length === 0 ? [...known.values()] : names.map((name) => findScenario(name, known));
  const read: ScenarioFile[] = [];
  const problems: string[] = [];
  for (const file of files) {
    try {
      const text = await readText(file);
      const tags = names.length === 0 && tag !== undefined ? readTags(text) : undefined;
      if (tags && !isWanted(tags)) continue;
      const shown = path.relative(process.cwd(), file);
      const scenario = readScenario(shown.startsWith('..') ? file : shown, text, stepKinds, set);
      if (isWanted(scenario.tags)) read.push(scenario);
    } catch (error) {
      if (!(error instanceof HarnessError)) throw error;
      problems.push(error.message);
    }
  }
  if (problems.length === 0) return read;
  throw new HarnessError('scenario', problems.join('\n'), {
    remedy: 'correct these, then: p2plab check FILE',
  });
}

/** The variants to run. @throws HarnessError(scenario) when nothing is left or a setting is known to no scenario */
export async function selectVariants({ names, tag, set = {} }: Selection): Promise<Scenario[]> {
  const files = await readScenarios(names, set, tag);
  if (files.length === 0) {
    const all = [...new Set((await readScenarios([])).flatMap(({ tags }) => tags))].sort();
    throw new HarnessError('scenario', `no scenario matches --tag '${tag}'`, {
      remedy: `use tags of: ${all.join(', ')}`,
    });
  }
  const settings = new Set(
    files.flatMap(({ matrix, params }) => [...Object.keys(matrix), ...Object.keys(params)]),
  );
  const unknown = Object.keys(set).filter((key) => !settings.has(key));
  if (unknown.length > 0) {
    throw new HarnessError(
      'scenario',
      `--set ${unknown.join(', ')}: no selected scenario has such a matrix key or parameter`,
      {
        remedy: `they have: ${[...settings].sort().join(', ') || 'none'}`,
      },
    );
  }
  return files.flatMap(({ variants }) => variants);
}

async function knownScenarios(): Promise<Map<string, string>> {
  const files = (await readdir(scenarioDir, { recursive: true }))
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort(); // without the ending, which would put x-y before x
  return new Map(files.map((file) => [path.basename(file), path.join(scenarioDir, `${file}.yaml`)]));
}

function findScenario(name: string, known: Map<string, string>): string {
  const file = known.get(name);
  if (file !== undefined) return file;
  if (name.includes('/') || /\.ya?ml$/.test(name)) return path.resolve(name);
  const nearest = [...known.keys()].sort((a, b) => distance(name, a) - distance(name, b))[0];
  throw new HarnessError('scenario', `no scenario "${name}", did you mean "${nearest}"?`, {
    remedy: 'give a name that p2plab list shows, or the path of a YAML file',
  });
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    throw new HarnessError(
      'scenario',
      `${file}: ${code === 'ENOENT' ? 'no such file' : (cause as Error).message}`,
      {
        remedy: 'give a name that p2plab list shows, or the path of a YAML file',
        cause,
      },
    );
  }
}
