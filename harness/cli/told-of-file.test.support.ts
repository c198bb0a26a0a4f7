import { HarnessError } from '../common/errors.js';
import { readScenario } from '../scenario/read-scenario.js';
import { stepKinds } from '../workload/step-kinds.js';
import { errorText } from './error-text.js';

/** What a user sees of a file: nothing when it is read. @throws what is no error for users */
export function told(text: string): string[] {
  try {
    readScenario('a.yaml', text, stepKinds);
    return [];
  } catch (error) {
    if (!(error instanceof HarnessError) || error.blame !== 'scenario') throw error;
    return errorText(error).trimEnd().split('\n');
  }
}

/** Each line says where and what; the last what to do. */
export function isFit(lines: readonly string[]): boolean {
  const [last] = lines.slice(-1);
  return (
    lines.length === 0 ||
    (last === '  next: correct a.yaml, then let p2plab check read it again' &&
      lines
        .slice(0, -1)
        .every((line) => /^a\.yaml:\d+:\d+: \S/.test(line) && !/undefined|\[object|^\s+at /.test(line)))
  );
}
