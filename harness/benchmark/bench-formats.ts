import { HarnessError } from '../common/errors.js';
import { formats, type FormatName, type ReportOptions } from '../report/formats.js';
import type { BenchDocument } from './bench-document.js';
import { benchMail } from './bench-mail.js';
import { benchMarkdown } from './bench-markdown.js';

const benchFormats: Partial<
  Record<FormatName, (document: BenchDocument, options: ReportOptions) => string | Promise<string>>
> = { mail: benchMail, markdown: benchMarkdown, github: benchMarkdown };

/**
 * A report of a bench, and the name of its file.
 * @throws HarnessError(scenario) for a format that is of runs only
 */
export async function renderBench(
  document: BenchDocument,
  name: FormatName,
  options: ReportOptions,
): Promise<{ file: string; text: string }> {
  const render = benchFormats[name];
  if (render) return { file: formats[name].file, text: await render(document, options) };
  throw new HarnessError('scenario', `a bench has no report of the format ${name}`, {
    remedy: `choose of ${Object.keys(benchFormats).join(', ')}; the runs in its folder have all of them`,
  });
}
