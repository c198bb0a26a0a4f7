import { z } from 'zod';
import { seriesForms } from './patch-series.js';

// series.json, schema p2plab.series/1.

const cell = z.strictObject({
  outcome: z.enum(['pass', 'fail', 'skip', 'broken', 'not-run']),
  reasons: z.array(z.string()),
  tries: z.strictObject({ failed: z.int(), of: z.int() }).optional(),
  sameAs: z.string().optional(),
  folder: z.string().optional(),
  seconds: z.number().optional(),
});
const column = z.strictObject({ name: z.string(), subject: z.string(), kernelId: z.string().optional() });
const row = z.strictObject({ name: z.string(), cells: z.array(cell) });

export const seriesDocumentSchema = z.strictObject({
  schema: z.literal('p2plab.series/1'),
  id: z.string(),
  series: z.strictObject({
    form: z.enum(seriesForms),
    origin: z.string(),
    title: z.string(),
    version: z.int(),
    messageId: z.string().optional(),
    baseCommit: z.string().optional(),
  }),
  kernel: z.string().describe('what the series is put upon'),
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
});
export type SeriesDocument = z.infer<typeof seriesDocumentSchema>;
