import { b4Format } from './b4-checks.js';
import type { FormatName } from './format-names.js';
import { htmlFormat } from './html-format.js';
import { junitFormat } from './junit.js';
import { kcidbFormat } from './kcidb.js';
import { ktapFormat } from './ktap.js';
import type { LoadedRun } from './load-run.js';
import { mailFormat } from './mail.js';
import { githubFormat, markdownFormat } from './markdown.js';
import { normalisedFormat } from './normalised.js';
import { svgFormat } from './svg-format.js';
import { tapFormat } from './tap-file.js';

export type ReportOptions = {
  /** When the report is written. */
  now: Date;
  /** The run that this one is told against. */
  against?: LoadedRun;
  /** Message-ID of the mail that is answered. */
  inReplyTo?: string;
  /** The writer of the mail. */
  from?: { name: string; address: string };
  /** The name by which KCIDB knows a CI system. */
  origin?: string;
};

/** A row of the table: a file that can be made of any run, also of one that was killed. */
export type ReportFormat = {
  /** Its name in the run folder. */
  file: string;
  /** For `p2plab report --help`. */
  summary: string;
  render(run: LoadedRun, options: ReportOptions): string | Promise<string>;
  /** Files beside it, by name in the run folder. */
  more?(run: LoadedRun, options: ReportOptions): Promise<Map<string, string>>;
};

export const formats = {
  mail: mailFormat,
  markdown: markdownFormat,
  github: githubFormat,
  junit: junitFormat,
  tap: tapFormat,
  ktap: ktapFormat,
  kcidb: kcidbFormat,
  html: htmlFormat,
  svg: svgFormat,
  b4: b4Format,
  normalised: normalisedFormat,
} satisfies Record<FormatName, ReportFormat>;
