import type { LoadedRun } from './load-run.js';

export type ReportOptions = {
  /** The run that this one is told against. */
  against?: LoadedRun;
  /** Message-ID of the mail that is answered. */
  inReplyTo?: string;
  /** `Name <address>`. */
  from?: string;
  /** When the report is written. */
  now: Date;
};

/** A row of the table: a file that can be made of any run, also of one that was killed. */
export type ReportFormat = {
  /** Its name in the run folder. */
  file: string;
  /** For `p2plab report --help`. */
  summary: string;
  render(run: LoadedRun, options: ReportOptions): string | Promise<string>;
};

export const formats = {} satisfies Record<string, ReportFormat>;

export type FormatName = keyof typeof formats;
