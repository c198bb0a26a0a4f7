import type { TimedEvent } from '../load-run.js';
import { titleOf } from '../run-facts.js';
import type { Result } from '../run-document.js';

/** A stretch of one result's time, in milliseconds from its first phase. */
export type Span = { name: string; kind: 'boot' | 'step' | 'control' | 'check'; from: number; to: number };

/** The phases of each result, by its title as in run.json: each lasts until the next, the last until the result ended. */
export function phaseSpans(events: readonly TimedEvent[]): Map<string, Span[]> {
  const marks = new Map<string, { name?: string; at: number }[]>();
  for (const event of events) {
    if (event.type !== 'phase' && event.type !== 'finished') continue;
    const title = event.type === 'phase' ? event.title : titleOf(event.result);
    const mark = { name: event.type === 'phase' ? event.phase : undefined, at: Date.parse(event.at) };
    if (!Number.isNaN(mark.at)) marks.set(title, [...(marks.get(title) ?? []), mark]);
  }
  return new Map([...marks].map(([title, list]) => [title, spansOf(list)]));
}

/** Without events: the boot, then the steps one after the other. */
export function spansOfResult({ phases, evidence }: Pick<Result, 'phases' | 'evidence'>): Span[] {
  let now = phases.sshMs ?? phases.bootMs ?? 0;
  const boot: Span[] = now > 0 ? [{ name: 'boot', kind: 'boot', from: 0, to: now }] : [];
  const steps = evidence.steps.map(({ name, ms }): Span => {
    const from = now;
    now += ms;
    return { name, kind: kindOf(`step ${name}`), from, to: now };
  });
  return [...boot, ...steps];
}

function spansOf(marks: { name?: string; at: number }[]): Span[] {
  const start = marks[0]!.at;
  return marks.flatMap(({ name, at }, i) => {
    const next = marks[i + 1];
    if (name === undefined || next === undefined) return [];
    return [{ name: name.replace(/^step /, ''), kind: kindOf(name), from: at - start, to: next.at - start }];
  });
}

function kindOf(phase: string): Span['kind'] {
  if (phase.startsWith('boot')) return 'boot';
  if (phase.startsWith('step control-')) return 'control';
  return phase.startsWith('step ') ? 'step' : 'check';
}
