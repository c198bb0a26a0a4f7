import type { ReportOptions } from '../report/formats.js';
import type { BenchDocument } from './bench-document.js';
import { benchMail } from './bench-mail.js';
import { benchMarkdown } from './bench-markdown.js';

export type BenchFormat = (document: BenchDocument, options: ReportOptions) => string | Promise<string>;

/** Under the names that they have for a run. */
export const benchFormats = {
  mail: benchMail,
  markdown: benchMarkdown,
  github: benchMarkdown,
} satisfies Record<string, BenchFormat>;
