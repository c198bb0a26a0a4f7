import type { ReportOptions } from '../report/formats.js';
import { listed } from '../report/comparison-text.js';
import { composeMail } from '../report/mail.js';
import { mailText, prose } from '../report/mail-body.js';
import { shellLines } from '../report/reproduce.js';
import { environmentRows } from '../report/run-facts.js';
import type { BenchDocument } from './bench-document.js';
import { numbersText, verdictsText } from './bench-sections.js';
import { benchRows, countsText, kernelsOf, methodText, sidesText } from './bench-words.js';
import { inertLine } from '../report/inert-text.js';
import { repeatParts } from './repeat-bench.js';

/** What a reviewer gets: verdicts first, then the cost by function, numbers, environment, and how to do it again. */
export async function benchMail(document: BenchDocument, options: ReportOptions): Promise<string> {
  const { id, harness, scenario } = document;
  const subject = `${inertLine(scenario)}: ${countsText(document)}: ${sidesText(document)}`;
  return composeMail({ subject, text: benchMailText(document), id, version: harness.version }, options);
}

export function benchMailText(document: BenchDocument): string {
  const { scenario, comparisons, costText, problem } = document;
  const opening = `p2plab measured ${inertLine(scenario)}, ${sidesText(document)}: ${countsText(document)}.`;
  return mailText(`${prose(opening)}\n\n${prose(methodText(document))}\n`, [
    ['Problem', problem && prose(inertLine(problem.message))],
    ['Verdicts', verdictsText(document)],
    ['Cost by function', costText?.trimEnd()],
    ['Numbers', comparisons.length > 0 ? numbersText(document) : undefined],
    [
      'Environment',
      environmentOf(document)
        .map(([name, value]) => listed(`${name}: ${value}`))
        .join('\n'),
    ],
    [
      'How to repeat',
      `${prose('With p2plab, in the folder in which this was started:')}\n\n${shellLines(repeatParts(document))}`,
    ],
  ]);
}

/** Before the first boot there is only the scenario. */
export function environmentOf(document: BenchDocument): [string, string][] {
  const { host, image, harness } = document;
  if (!host || !image) return benchRows(document);
  return [...benchRows(document), ...environmentRows({ host, image, harness, kernels: kernelsOf(document) })];
}
