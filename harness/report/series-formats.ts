import type { SeriesDocument } from '../series/series-document.js';
import type { ReportOptions } from './formats.js';
import { seriesJunit } from './series-junit.js';
import { seriesMail } from './series-mail.js';
import { seriesMarkdown } from './series-markdown.js';

/** A series and where it is. */
export type LoadedSeries = { dir: string; document: SeriesDocument };

/** Of any series folder, also of one that was killed. */
export type SeriesFormat = (series: LoadedSeries, options: ReportOptions) => string | Promise<string>;

/** Under the names that they have for a run; what is not here is for one run. */
export const seriesFormats = {
  mail: seriesMail,
  markdown: seriesMarkdown,
  github: seriesMarkdown,
  junit: seriesJunit,
} satisfies Record<string, SeriesFormat>;
