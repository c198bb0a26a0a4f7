import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { HarnessError } from '../common/errors.js';
import { cellOutcomes, changesOf, type Grid } from './grid.js';
import type { PatchSeries } from './patch-series.js';
import { seriesFields } from './series-fields.js';

// series.json, schema p2plab.series/1.

const cell = z.strictObject({
  outcome: z.enum(cellOutcomes),
  reasons: z.array(z.string()),
  figure: z.string().optional().describe('of the lines that the patch adds, how many ran: 41/44'),
  tries: z
    .strictObject({ failed: z.int(), of: z.int(), broken: z.int() })
    .optional()
    .describe('runs in fresh VMs; broken ones are no part of `of`'),
  sameAs: z.string().optional().describe('the column whose result it is: the kernel images are identical'),
  earlier: z.boolean().optional().describe('the result is from an earlier series, on an identical image'),
  folder: z.string().optional().describe('of the result; relative to the folder of this file'),
  seconds: z.number().optional(),
});
const column = z.strictObject({
  name: z.string(),
  subject: z.string(),
  kernelId: z.string().optional(),
  seconds: z.number().optional().describe('all that it took'),
});
const row = z.strictObject({ name: z.string(), cells: z.array(cell) });

const versions = z.strictObject({
  previous: z.string().describe('what was given with --previous'),
  patches: z
    .array(
      z.strictObject({
        patch: z.int().optional().describe('counted from 1; of a dropped one there is none'),
        previous: z.int().optional(),
        change: z.enum(['same', 'changed', 'new', 'dropped']),
      }),
    )
    .describe('as git range-diff matches them'),
  breaks: z.array(
    z.strictObject({
      state: z.enum(['new', 'fixed', 'still failing']),
      row: z.string(),
      patch: z.string().optional(),
      previous: z.string().optional(),
      reason: z.string(),
    }),
  ),
});

export const seriesDocumentSchema = z.strictObject({
  schema: z.literal('p2plab.series/1'),
  id: z.string(),
  series: z.strictObject(seriesFields),
  kernel: z.string().describe('the definition of what the series is put upon'),
  before: z.array(z.string()).describe('patches that belong to the base, in the folder of this file'),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  state: z.enum(['running', 'finished', 'interrupted', 'broken']),
  columns: z.array(column).describe('the base, then the series up to each patch'),
  rows: z.array(row).describe('a cell for each column'),
  changes: z.array(
    z.strictObject({
      patch: z.string(),
      row: z.string(),
      what: z.enum(['breaks', 'repairs']),
      reason: z.string(),
    }),
  ),
  versions: versions.optional(),
  open: z
    .array(z.string())
    .optional()
    .describe('of jobs that were merged: runs that are not there, without which it is not settled'),
});
export type SeriesDocument = z.infer<typeof seriesDocumentSchema>;
export type Versions = z.infer<typeof versions>;

/**
 * What a folder of `p2plab series` says; undefined when it is none.
 * @throws HarnessError(scenario) when its series.json cannot be read
 */
export async function readSeriesFile(dir: string): Promise<SeriesDocument | undefined> {
  const file = path.join(dir, 'series.json');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return seriesDocumentSchema.parse(JSON.parse(text));
  } catch (cause) {
    const why =
      cause instanceof z.ZodError ? z.prettifyError(cause).split('\n')[0] : (cause as Error).message;
    throw new HarnessError('scenario', `${file} is not of p2plab series: ${why}`, {
      remedy: 'name the folder of a run of this version of p2plab',
      cause,
    });
  }
}

/** series.json of a folder: whole and valid after each column. */
export function seriesFile(
  dir: string,
  {
    id,
    series,
    kernel,
    before,
  }: { id: string; series: PatchSeries; kernel: string; before: readonly string[] },
) {
  const { form, origin, title, version, messageId, baseCommit } = series;
  const head = { form, origin, title, version, messageId, baseCommit };
  let open: string[] | undefined;
  const startedAt = new Date().toISOString();
  return {
    /** What is not settled, by the titles of the runs that are wanted. */
    notSettled(titles: string[]): void {
      open = titles;
    },
    async write(
      state: SeriesDocument['state'],
      grid: Grid = { columns: [], rows: [] },
      versions?: Versions,
    ): Promise<void> {
      const document = seriesDocumentSchema.parse({
        schema: 'p2plab.series/1',
        id,
        series: head,
        kernel,
        before: before.map((file) => path.relative(dir, file)),
        startedAt,
        endedAt: state === 'running' ? null : new Date().toISOString(),
        state,
        ...grid,
        changes: changesOf(grid).map(({ patch, ...rest }) => ({ ...rest, patch: patch.name })),
        versions,
        open,
      } satisfies SeriesDocument);
      const file = path.join(dir, 'series.json');
      await writeFile(`${file}.new`, `${JSON.stringify(document, null, 2)}\n`);
      await rename(`${file}.new`, file);
    },
  };
}
