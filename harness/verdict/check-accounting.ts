import type { Accounting, Pool } from '../evidence/accounting.js';
import type { Evidence, StepEvidence } from '../evidence/evidence.js';
import type { Check } from './check.js';

const pageBytes = 4096;

/** After the last step every provider's pool is what it was before the first. */
export function checkAccounting({ machines, steps }: Evidence): Check[] {
  return machines.flatMap(({ name: machine, idle: { before, after } }) =>
    before && after
      ? Object.keys(before).map((provider) => backToIdle({ machine, provider, before, after, steps }))
      : [],
  );
}

type Idle = {
  machine: string;
  provider: string;
  before: Accounting;
  after: Accounting;
  steps: StepEvidence[];
};

function backToIdle({ machine, provider, before, after, steps }: Idle): Check {
  const [first, last] = [before[provider]!, after[provider]];
  const short = first.available - (last?.available ?? NaN);
  const since = shortSince(steps, machine, provider);
  return {
    name: `${machine}: ${provider}'s pool is back to idle`,
    ok: show(first) === show(last),
    want: show(first),
    got: show(last),
    blame: 'kernel',
    reason:
      short === 0 || Number.isNaN(short)
        ? `${provider}'s pool changed: ${show(first)}, then ${show(last)}`
        : difference(provider, short, since),
  };
}

/** The first step after which `available` was lower than before it and never came back. */
function shortSince(steps: StepEvidence[], machine: string, provider: string): string | undefined {
  const seen = steps.filter((step) => step.machine === machine);
  const figure = (accounting?: Accounting) => accounting?.[provider]?.available;
  return seen.find(({ accounting }, n) => {
    const before = figure(accounting.before);
    const later = seen.slice(n).map((step) => figure(step.accounting.after));
    return before !== undefined && later.every((after) => after !== undefined && after < before);
  })?.name;
}

function difference(provider: string, short: number, since: string | undefined): string {
  const when = since === undefined ? 'after the last step' : `after step ${since}`;
  if (short < 0) return `available of ${provider} is ${-short} B more ${when} than before the first`;
  return `available of ${provider} is ${short} B short ${when}; ${Math.ceil(short / pageBytes)} pages leaked`;
}

const show = (pool: Pool | undefined) =>
  pool
    ? `${pool.available} B of ${pool.size} B, ${pool.published === 1 ? 'published' : 'not published'}`
    : 'no pool';
