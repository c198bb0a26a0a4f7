import type { XMLBuilder } from 'xmlbuilder2/lib/interfaces.js';
import type { Cell, Column, Row } from '../series/grid.js';
import { inertLine } from './inert-text.js';
import type { LoadedSeries } from './series-formats.js';
import { xmlText } from './xml-text.js';

/**
 * JUnit XML: a suite for each patch, a case for each row. What failed before the patch already is skipped in its suite,
 * as it is not this patch's failure; the base's own is one of the base.
 */
export async function seriesJunit({ document }: LoadedSeries): Promise<string> {
  const { columns, rows, startedAt } = document;
  const { create } = await import('xmlbuilder2'); // read for this alone: it is large
  const xml = create({ version: '1.0', encoding: 'UTF-8' });
  const suites = xml.ele('testsuites', { name: 'p2plab' });
  for (const [n, column] of columns.entries()) {
    const cases = rows.map((row) => ({ row, ...caseOf(row, n) }));
    const count = (what: Kind) => cases.filter(({ kind }) => kind === what).length;
    const suite = suites.ele('testsuite', {
      name: suiteName(column),
      tests: cases.length,
      ...{ failures: count('failure'), errors: count('error'), skipped: count('skipped') },
      time: String(column.seconds ?? 0),
      timestamp: startedAt.slice(0, 19),
    });
    for (const { row, kind, text } of cases)
      addCase(suite, column, row.cells[n]!, { name: row.name, kind, text });
  }
  addOpenRuns(suites, document);
  return `${xml.end({ prettyPrint: true })}\n`;
}

/** Each an error: a result that is not settled must not look like one that is. */
function addOpenRuns(suites: XMLBuilder, { open = [], startedAt }: LoadedSeries['document']): void {
  if (open.length === 0) return;
  const counts = { tests: open.length, failures: 0, errors: open.length, skipped: 0, time: '0' };
  const suite = suites.ele('testsuite', {
    ...{ name: 'not settled', ...counts, timestamp: startedAt.slice(0, 19) },
  });
  for (const title of open) {
    const name = xmlText(inertLine(title));
    const test = suite.ele('testcase', { name, classname: 'p2plab.series.open', time: '0' });
    test.ele('error', { type: 'broken', message: 'this run is not there' });
  }
}

type Kind = 'pass' | 'failure' | 'error' | 'skipped';

function caseOf({ cells }: Row, index: number): { kind: Kind; text: string } {
  const { outcome, reasons } = cells[index]!;
  const text = reasons.map(inertLine).join('\n');
  if (outcome === 'broken') return { kind: 'error', text };
  if (outcome === 'skip' || outcome === 'not-run' || outcome === 'flaky') return { kind: 'skipped', text };
  if (outcome !== 'fail') return { kind: 'pass', text };
  const before = cells.slice(0, index).findLast((cell) => ['pass', 'fail'].includes(cell.outcome));
  return before?.outcome === 'fail'
    ? { kind: 'skipped', text: `fails before this patch, too\n${text}` }
    : { kind: 'failure', text };
}

function addCase(
  suite: XMLBuilder,
  column: Column,
  cell: Cell,
  { name, kind, text }: { name: string; kind: Kind; text: string },
): void {
  const test = suite.ele('testcase', {
    name: xmlText(inertLine(name)),
    classname: xmlText(`p2plab.series.${column.name}`),
    time: String(cell.seconds ?? 0),
  });
  const message = xmlText(text.split('\n')[0]!);
  if (kind === 'skipped') test.ele('skipped').txt(xmlText(text));
  if (kind === 'failure') test.ele('failure', { type: 'kernel', message }).txt(xmlText(text));
  if (kind === 'error') test.ele('error', { type: 'broken', message }).txt(xmlText(text));
}

const suiteName = ({ name, subject }: Column): string =>
  xmlText(inertLine(subject === '' ? name : `${name}: ${subject}`));
