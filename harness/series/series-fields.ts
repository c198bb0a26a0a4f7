import * as z from 'zod';
import { seriesForms } from './patch-series.js';

/** What documents say of a series besides its patches. */
export const seriesFields = {
  form: z.enum(seriesForms),
  origin: z.string(),
  title: z.string(),
  version: z.int(),
  messageId: z.string().optional(),
  baseCommit: z.string().optional(),
};
