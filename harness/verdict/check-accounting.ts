import type { Accounting } from '../evidence/accounting.js';
import type { Evidence } from '../evidence/evidence.js';
import type { Check } from './check.js';

/** After the last step every provider's pool is what it was before the first. */
export function checkAccounting({ machines }: Evidence): Check[] {
  return machines.flatMap(({ name: machine, idle: { before, after } }) =>
    before && after
      ? Object.keys(before).map((provider) => backToIdle(machine, provider, before, after))
      : [],
  );
}

function backToIdle(machine: string, provider: string, before: Accounting, after: Accounting): Check {
  const [first, last] = [before[provider]!, after[provider]];
  const gone = { available: NaN, size: NaN, published: NaN };
  const show = (pool: Accounting[string] = gone) =>
    `${pool.available} B of ${pool.size} B, ${pool.published === 1 ? 'published' : 'not published'}`;
  const short = first.available - (last?.available ?? NaN);
  return {
    name: `${machine}: ${provider}'s pool is back to idle`,
    ok: show(first) === show(last),
    want: show(first),
    got: last ? show(last) : 'no pool',
    blame: 'kernel',
    reason:
      short === 0 ? `${provider}'s pool changed: ${show(first)}, then ${show(last)}` : leak(provider, short),
  };
}

const leak = (provider: string, short: number) =>
  short > 0
    ? `available of ${provider} is ${short} B short after the last step: ${Math.ceil(short / 4096)} pages leaked`
    : `available of ${provider} is not what it was before the first step (${-short} B more)`;
