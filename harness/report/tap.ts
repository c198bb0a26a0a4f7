import { stringify } from 'yaml';
import { inertLine } from './inert-text.js';
import type { Result } from './run-document.js';

/** One test point of TAP 14 (testanything.org), with a YAML diagnostic when it is not ok. */
export function tapLines(number: number, title: string, { outcome, reasons, checks }: Result): string {
  const ok = outcome === 'pass' || outcome === 'skip' ? 'ok' : 'not ok';
  const directive = outcome === 'skip' ? ` # SKIP ${escape(reasons.join('; '))}` : '';
  const point = `${ok} ${number} - ${escape(title)}${directive}\n`;
  if (ok === 'ok') return point;
  const failed = checks
    .filter((check) => !check.ok)
    .map(({ name, want, got }) => ({ name: inertLine(name), want: inertLine(want), got: inertLine(got) }));
  // no block scalars: the last line breaks of one would be taken for those of the YAML
  const yaml = stringify(
    { outcome, reasons: reasons.map(inertLine), failed },
    { lineWidth: 0, blockQuote: false },
  ).trimEnd();
  return `${point}  ---\n${yaml.replaceAll(/^/gm, '  ')}\n  ...\n`;
}

/** `#` and `\` have a meaning in a description; a line break would end it. */
const escape = (text: string) => inertLine(text.replaceAll(/[\r\n]+/g, ' ')).replaceAll(/[\\#]/g, '\\$&');
