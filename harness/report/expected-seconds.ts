import type { Scenario } from '../scenario/scenario.js';
import { scenarioTitle } from '../scenario/scenario.js';
import type { HistoryEntry } from './history.js';

/** How long something will take, and whether that is from runs on this host or a guess. */
export type ExpectedSeconds = { seconds: number; measured: boolean };

/** Of so many last runs the median counts: one on a loaded host does not. */
const lastRuns = 5;
/** Where nothing was measured: a boot in TCG with its evidence, and a step with its control. */
const guessed = { boot: 5, step: 1.5 };

/**
 * A variant's time from earlier runs that came to an end, on this kernel when there are any (one that looks at itself
 * takes ten times as long), else on others; else from what it consists of.
 * @param kernel a name, as results have it
 */
export function expectedSeconds(
  scenario: Scenario,
  history: readonly HistoryEntry[],
  kernel: string,
): ExpectedSeconds {
  const title = scenarioTitle(scenario.name, scenario.variant);
  const ended = history.filter((entry) => entry.title === title && ['pass', 'fail'].includes(entry.outcome));
  const onThis = ended.filter((entry) => entry.kernel === kernel);
  const times = (onThis.length > 0 ? onThis : ended).slice(-lastRuns).map(({ wallMs }) => wallMs / 1e3);
  if (times.length > 0) return { seconds: median(times), measured: true };
  const boots = Object.keys(scenario.machines).length;
  return { seconds: boots * guessed.boot + scenario.steps.length * guessed.step, measured: false };
}

/** One after the other. */
export function sumOfSeconds(parts: readonly ExpectedSeconds[]): ExpectedSeconds {
  return {
    seconds: parts.reduce((sum, { seconds }) => sum + seconds, 0),
    measured: parts.every(({ measured }) => measured),
  };
}

/** `9 s`, `2 min 5 s`; a guess has a question mark. */
export function secondsText({ seconds, measured }: ExpectedSeconds): string {
  const whole = Math.max(1, Math.round(seconds));
  const text = whole < 100 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return measured ? text : `${text}?`;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
