import type { Evidence } from '../evidence/evidence.js';
import type { Check } from './check.js';

/** No line of a machine's console log is one that a healthy kernel does not print. */
export function checkLog({ machines }: Evidence): Check[] {
  return machines.map(({ name, log }) => {
    const [first] = log.findings;
    const count = log.findings.length + log.more;
    return {
      name: `${name}: kernel log is clean`,
      ok: first === undefined,
      want: 'no line that tells of trouble',
      got: first === undefined ? 'none' : `${count}, the first in line ${first.line}: ${first.text}`,
      blame: 'kernel',
      reason: first && `${first.text}${first.step ? ` (during step ${first.step})` : ''}`,
    };
  });
}
