/** A result line; `path` is the names from the outermost suite down to its own. */
export type KtapResult = {
  path: string[];
  outcome: 'pass' | 'fail' | 'skip';
  /** Of one that has subtests: how many it announced, if it did. */
  planned?: number;
  subtests: KtapResult[];
};

/** What is said of it before the result line of a level comes. */
type Open = { planned?: number; results: KtapResult[] };

const indent = 4;

/**
 * Reads KTAP 1 (Documentation/dev-tools/ktap.rst, Linux 6.12), as KUnit writes it: the results of the outermost level,
 * with those inside; also TAP 13 and 14, of which it has the lines that count. Lines that are no result and no plan are diagnostics, whatever is in them.
 *
 * tap-parser reads it as TAP 14 and calls every parameterised test a failure, as KUnit gives these no plan.
 * @throws Error when there is no KTAP, or it ends before the results of a level
 */
export function readKtap(text: string): KtapResult[] {
  if (!/^ *(?:KTAP version 1|TAP version 1[34])$/m.test(text)) throw new Error('there is no KTAP in it');
  const levels: Open[] = [{ results: [] }];
  for (const line of text.split('\n')) {
    const depth = Math.floor(/^ */.exec(line)![0].length / indent);
    const [, plan] = /^ *1\.\.(\d+)$/.exec(line) ?? [];
    if (plan !== undefined) level(levels, depth).planned = Number(plan);
    const result = resultLine(line);
    if (result) take(levels, depth, result);
  }
  if (levels.length > 1)
    throw new Error(`the results end inside of ${levels[1]!.results[0]?.path[0] ?? 'a suite'}`);
  return levels[0]!.results;
}

/** Those without subtests, in order; what KUnit calls a parameter is one, too. */
export const leavesOf = (results: readonly KtapResult[]): KtapResult[] =>
  results.flatMap((result) => (result.subtests.length > 0 ? leavesOf(result.subtests) : [result]));

function level(levels: Open[], depth: number): Open {
  while (levels.length <= depth) levels.push({ results: [] });
  return levels[depth]!;
}

/** A result closes the level below it, whose results are its subtests. */
function take(
  levels: Open[],
  depth: number,
  { name, outcome }: { name: string } & Pick<KtapResult, 'outcome'>,
) {
  const here = level(levels, depth);
  const { planned, results: subtests = [] } = levels[depth + 1] ?? {};
  levels.length = depth + 1;
  here.results.push({ path: [name], outcome, planned, subtests: subtests.map((s) => below(name, s)) });
}

const below = (name: string, { path, subtests, ...rest }: KtapResult): KtapResult => ({
  ...rest,
  path: [name, ...path],
  subtests: subtests.map((s) => below(name, s)),
});

function resultLine(line: string) {
  const [, not, name, directive] = /^ *(not )?ok \d+(?: -)? ?([^#]*?)(?: # *(\w+).*)?$/.exec(line) ?? [];
  if (name === undefined) return undefined;
  const skipped = directive?.toUpperCase() === 'SKIP';
  return {
    name: name || 'unnamed',
    outcome: skipped ? ('skip' as const) : not ? ('fail' as const) : ('pass' as const),
  };
}
