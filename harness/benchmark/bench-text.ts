import type { BenchDocument } from './bench-document.js';
import { prose } from '../report/mail-body.js';
import { numbersText, verdictsText } from './bench-sections.js';
import { countsText, methodText, sidesText } from './bench-words.js';
import { inertLine } from '../report/inert-text.js';

/** For the console: verdicts, then cost by function, then numbers. */
export function benchText(document: BenchDocument): string {
  const { scenario, costText, comparisons } = document;
  const opening = `${inertLine(scenario)}, ${sidesText(document)}: ${countsText(document)}.`;
  return [
    prose(opening),
    prose(methodText(document)),
    verdictsText(document),
    ...(costText ? [costText.trimEnd()] : []),
    ...(comparisons.length > 0 ? [numbersText(document)] : []),
  ]
    .join('\n\n')
    .concat('\n');
}
