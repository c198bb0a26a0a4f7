import type { SeriesDocument } from '../series/series-document.js';
import type { ReportOptions } from './formats.js';
import { seriesJunit } from './series-junit.js';
import { seriesMail } from './series-mail.js';
import { seriesMarkdown } from './series-markdown.js';

/** A series and where it is. */
export type LoadedSeries = { dir: string; document: SeriesDocument };

/** A file that can be made of any series folder, also of one that was killed. */
export type SeriesFormat = {
  /** Its name in the series' folder. */
  file: string;
  render(series: LoadedSeries, options: ReportOptions): string | Promise<string>;
};

/** Under the names that they have for a run; what is not here is for one run. */
export const seriesFormats = {
  mail: { file: 'report.eml', render: seriesMail },
  markdown: { file: 'report.md', render: seriesMarkdown },
  github: { file: 'report.github.md', render: seriesMarkdown },
  junit: { file: 'report.junit.xml', render: seriesJunit },
} satisfies Record<string, SeriesFormat>;
