import { inertLine } from '../report/inert-text.js';
import { code, codeBlock, markdownTable } from '../report/markdown-text.js';
import type { BenchDocument } from './bench-document.js';
import { environmentOf } from './bench-mail.js';
import {
  clockWarning,
  countsText,
  methodText,
  sidesText,
  verdictOrder,
  verdictTitles,
} from './bench-words.js';
import { nameOf } from './compare-boots.js';
import type { Comparison } from './comparison.js';
import { repeatParts } from './repeat-bench.js';

/** For a merge request: a table by verdict, the rest folded where it is long. */
export function benchMarkdown(document: BenchDocument): string {
  const { scenario, comparisons, costText, problem } = document;
  const sorted = verdictOrder.flatMap((verdict) => comparisons.filter((c) => c.verdict === verdict));
  const clocked = comparisons.some(({ kind }) => kind === 'wall');
  const environment = environmentOf(document).map(([name, value]) => `- ${name}: ${code(value)}`);
  const blocks = [
    `## p2plab bench: ${countsText(document)}`,
    `${code(scenario)}, ${code(sidesText(document))}`,
    ...(problem ? [code(problem.message)] : []),
    ...(sorted.length > 0 ? [markdownTable(head, sorted.map(row))] : []),
    ...(clocked ? [clockWarning] : []),
    ...(costText
      ? [`### Cost by function\n\n${codeBlock(costText.trimEnd().split('\n').map(inertLine))}`]
      : []),
    methodText(document),
    `### Environment\n\n${environment.join('\n')}`,
    `### How to repeat\n\n${codeBlock([repeatParts(document).join(' ')])}`,
  ];
  return `${blocks.join('\n\n')}\n`;
}

const head = ['', 'metric', 'better', 'n', 'base', 'head', 'change', 'interval', 'noise'];

function row(comparison: Comparison): string[] {
  const { verdict, better, n, kind, base, head: is, change, noise, unit } = comparison;
  const title = verdictTitles[verdict].toLowerCase();
  const value = (number: number) => (kind === 'wall' ? '' : `${number}${unit === '' ? '' : ` ${unit}`}`);
  return [
    verdict === 'worse' || verdict === 'better' ? `**${title}**` : title,
    code(nameOf(comparison)),
    better,
    `${n}`,
    value(base),
    value(is),
    change ? `${change.estimate} %` : '',
    change ? `${change.low} to ${change.high} %` : '',
    noise === undefined ? '' : `${noise} %`,
  ];
}
