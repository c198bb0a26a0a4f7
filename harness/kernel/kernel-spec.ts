import path from 'node:path';
import * as z from 'zod';
import { HarnessError } from '../common/errors.js';
import { YamlText, type YamlPath } from './yaml-problems.js';

/** One kernels/NAME.yaml as written; names are not looked up yet. */
export type KernelSpec = z.infer<typeof shape> & {
  file: string;
  /** Names are looked up in series/ and config/ below it, then in p2plab's own kernels/. */
  folder: string;
  /** Where a value is, for messages about it: `file:line:column`. */
  at: (path: YamlPath) => string;
};

const text = (want: string) => z.string({ error: want }).min(1, { error: want });
const seriesEntry = 'the name of a series folder, or { dir: NAME, patches: COUNT }';

const source = z
  .strictObject(
    {
      debian: text('a Debian package such as linux-source-6.12').optional(),
      tarball: text('the path of a tarball').optional(),
      tree: text('the path of an unpacked kernel source').optional(),
      git: text('the path of a git repository').optional(),
      commit: text('the commit of that repository').optional(),
    },
    { error: 'one of { debian: PACKAGE }, { tarball: PATH }, { tree: PATH }, { git: PATH, commit: COMMIT }' },
  )
  .refine(({ commit: _, ...given }) => Object.keys(given).length === 1, {
    error: 'exactly one of debian, tarball, tree and git',
  })
  .refine(({ git, commit }) => (git === undefined) === (commit === undefined), {
    error: 'git and commit together',
  });

const series = z.preprocess(
  (entry) => (typeof entry === 'string' ? { dir: entry } : entry),
  z.strictObject(
    {
      dir: text(seriesEntry),
      patches: z
        .int({ error: 'a whole number' })
        .min(0, { error: 'a number of patches, 0 or more' })
        .optional(),
    },
    { error: seriesEntry },
  ),
);

const shape = z.strictObject(
  {
    source,
    series: z.array(series, { error: 'a list of series folders' }).default([]),
    config: z
      .array(text('the name of a config fragment'), { error: 'a list of config fragments' })
      .min(1, { error: 'at least one config fragment' }),
    /** Fragments of which symbols that the source does not know are left out. */
    optional: z
      .array(text('the name of a config fragment'), { error: 'a list of config fragments' })
      .default([]),
  },
  { error: 'a mapping of source, series, config and optional' },
);

/**
 * Reads the text of a kernel definition.
 * @throws HarnessError(scenario) with every problem as `file:line:column`
 */
export function parseKernelSpec(file: string, content: string): KernelSpec {
  const yaml = new YamlText(file, content);
  const syntax = yaml.syntaxProblems();
  if (syntax.length > 0) throw badKernelSpec(file, syntax);
  const parsed = shape.safeParse(yaml.value);
  if (!parsed.success) throw badKernelSpec(file, yaml.problems(parsed.error.issues));
  return { ...parsed.data, file, folder: path.dirname(path.resolve(file)), at: (at) => yaml.at(at) };
}

/** The error for a definition that cannot be used as it stands. */
export function badKernelSpec(file: string, problems: readonly string[]): HarnessError {
  return new HarnessError('scenario', problems.join('\n'), { remedy: `correct ${file}` });
}
