import type { ReportFormat } from './formats.js';
import { inertLine } from './inert-text.js';
import { plannedCount } from './planned-count.js';
import type { Result } from './run-document.js';
import { titleOf } from './run-facts.js';

/**
 * KTAP 1 (Documentation/dev-tools/ktap.rst, Linux 6.12): a test for each variant with its checks as subtests. Plans say
 * how many there should have been, so that a reader sees what a run that was cut off lacks.
 */
export const ktapFormat: ReportFormat = {
  file: 'report.ktap',
  summary: 'KTAP 1, checks as subtests',
  render: (loaded) => {
    const tests = loaded.run.results.map((result, n) => test(n + 1, result));
    return `KTAP version 1\n1..${plannedCount(loaded)}\n${tests.join('')}`;
  },
};

function test(number: number, result: Result): string {
  const { outcome, checks, reasons } = result;
  const sub = checks.map(({ ok, name, want, got }, n) => {
    const point = `    ${resultLine(ok, n + 1, name)}\n`;
    return ok ? point : `    # want ${inertLine(want)}\n    # got ${inertLine(got)}\n${point}`;
  });
  const subtests = sub.length > 0 ? `    KTAP version 1\n    1..${sub.length}\n${sub.join('')}` : '';
  const why = outcome === 'skip' ? [] : reasons.map((reason) => `# ${inertLine(reason)}\n`);
  const ok = outcome === 'pass' || outcome === 'skip';
  const skip = outcome === 'skip' ? ` # SKIP ${inertLine(reasons.join('; '))}` : '';
  return `${subtests}${why.join('')}${resultLine(ok, number, titleOf(result))}${skip}\n`;
}

/** `#` begins a directive in a name, and there is no escape. */
const resultLine = (ok: boolean, number: number, name: string) =>
  `${ok ? 'ok' : 'not ok'} ${number} ${inertLine(name).replaceAll('#', '\\x23')}`;
