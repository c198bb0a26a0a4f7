import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DoesNotBuild } from '../common/errors.js';
import { describeLoss, lostSymbols } from './config-survival.js';
import type { KernelRecipe } from './kernel-recipe.js';
import { parseConfigLines } from './kconfig-text.js';
import { configInputs, keepConfig, keptConfig } from './kept-config.js';
import type { Fragment } from './resolve-kernel-spec.js';
import { runInGroup, type GroupRun } from './run-in-group.js';
import { tryGit } from './tree-git.js';
import { makeFailure, type BuildContext } from './make-failure.js';

/**
 * Makes OBJECTS/.config of the fragments over allnoconfig, and holds it against them. Of optional fragments only what
 * the source has a symbol for is asked for.
 * @returns the text of the .config
 * @throws HarnessError(scenario) with all symbols that were asked for and are not in it
 */
export async function mergeConfig(
  { fragments: given, toolchain }: Pick<KernelRecipe, 'fragments' | 'toolchain'>,
  objects: string,
  context: BuildContext,
  run: GroupRun,
): Promise<string> {
  const fragments = await withoutUnknown(given, run);
  const inputs = await configInputs(fragments, toolchain.versions, run);
  const kept = await keptConfig(objects, inputs);
  if (kept !== undefined) return kept; // to make it again would be a fifth of a rebuild
  const script = ['scripts/kconfig/merge_config.sh', '-n', '-O', objects];
  const { code, said } = await runInGroup([...script, ...(await copies(fragments, objects))], run);
  if (code !== 0) throw await makeFailure('configuring', context, said);
  const config = await readFile(path.join(objects, '.config'), 'utf8');
  const lost = lostSymbols(fragments, config);
  if (lost.length === 0) {
    await keepConfig(objects, inputs, config);
    return config;
  }
  const definitions = await kconfigDefinitions(
    run.cwd,
    lost.map(({ symbol }) => symbol),
    run.signal,
  );
  const problems = lost.map((loss) => describeLoss(loss, definitions.get(loss.symbol)));
  throw new DoesNotBuild('scenario', problems.join('\n'), {
    remedy: context.usersOwn.some((own) => own === context.source)
      ? 'p2plab cannot do without them: build another version of the source, or write a definition with fragments of your own (kernels/*.yaml)'
      : 'add what the symbol depends on to the fragment, or take the line out',
    evidence: context.log,
  });
}

async function withoutUnknown(
  fragments: readonly Fragment[],
  { cwd, signal }: GroupRun,
): Promise<Fragment[]> {
  const lines = fragments.filter(({ optional }) => optional).flatMap(({ text }) => parseConfigLines(text));
  if (lines.length === 0) return [...fragments];
  const symbols = lines.map(({ symbol }) => symbol);
  const known = await kconfigDefinitions(cwd, symbols, signal);
  const keep = (line: string) => parseConfigLines(line).every(({ symbol }) => known.has(symbol));
  return fragments.map((fragment) => ({
    ...fragment,
    // a line that goes stays as an empty one, so that the others keep their numbers
    ...(fragment.optional && {
      text: fragment.text
        .split('\n')
        .map((line) => (keep(line) ? line : ''))
        .join('\n'),
    }),
  }));
}

/** The script splits its arguments at blanks, and what was hashed must be what is merged: so it gets copies. */
async function copies(fragments: readonly Fragment[], objects: string): Promise<string[]> {
  const dir = path.join(objects, '.p2plab-fragments');
  await mkdir(dir, { recursive: true });
  return Promise.all(
    fragments.map(async ({ text }, i) => {
      const file = path.join(dir, `${i}.config`);
      await writeFile(file, text);
      return file;
    }),
  );
}

/** Where the source defines each symbol for x86: `drivers/pci/Kconfig:165`. */
async function kconfigDefinitions(tree: string, symbols: string[], signal: AbortSignal) {
  const pattern = `^[[:space:]]*(menu)?config (${symbols.join('|')})$`;
  const { stdout } = await tryGit(tree, ['grep', '-nE', pattern, '--', '*Kconfig*'], { signal });
  const matches = stdout.matchAll(/^(?!arch\/(?!x86\/)\w+\/)([^:]+:\d+):\s*(?:menu)?config (\w+)$/gm);
  return new Map([...matches].map(([, at, symbol]) => [symbol!, at!]));
}
