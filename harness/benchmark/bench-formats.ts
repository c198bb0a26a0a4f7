import type { ReportOptions } from '../report/formats.js';
import type { BenchDocument } from './bench-document.js';
import { benchMail } from './bench-mail.js';
import { benchMarkdown } from './bench-markdown.js';

export type BenchFormat = (document: BenchDocument, options: ReportOptions) => string | Promise<string>;

/** Under the names that they have for a run. The libraries behind the page are loaded when it is asked for. */
export const benchFormats = {
  mail: benchMail,
  markdown: benchMarkdown,
  github: benchMarkdown,
  html: async (document, options) =>
    (await import('./html/render-bench-page.js')).renderBenchPage(document, options),
} satisfies Record<string, BenchFormat>;
