import type { Result } from './run-document.js';

/**
 * Names of steps while which I/O goes on that another step began: how much of it falls into which of them is a matter of
 * time.
 */
export function backgroundSteps({ evidence }: Pick<Result, 'evidence'>): Set<string> {
  const names = new Set<string>();
  let streams = 0;
  for (const { name, kind } of evidence.steps) {
    if (kind === 'io-begin') streams += 1;
    if (streams > 0) names.add(name);
    if (kind === 'io-end') streams -= 1;
  }
  return names;
}
