import { roundedPercent, type Comparison } from './comparison.js';
import type { Ratio } from './paired-interval.js';

/** How far apart boots of one side are (1 is 100 %), and whether they seem to differ themselves. */
export type Noise = { floor: number; differs: boolean };

export type Facts = Pick<Comparison, 'better' | 'base' | 'head'> & {
  resolution: number;
  pairs: number;
  /** Pairs without which nothing is said. */
  enough: number;
  ratio?: Ratio;
  noise?: Noise;
};

type Decision = Pick<Comparison, 'verdict' | 'words'>;

/**
 * Better or worse only what is beyond the interval and beyond what boots of the same side differ by; the same only when the
 * whole interval is within the resolution. Else it cannot be told, and why.
 */
export function decide(facts: Facts): Decision {
  const { pairs, enough, ratio, noise, resolution } = facts;
  if (pairs < enough) return unclear(`${pairs} of at least ${enough} pairs of boots`);
  if (ratio === undefined) return ofZero(facts);
  if (noise?.differs) return unclear('boots of the same side differ, too');
  const outside = ratio.low > 1 || ratio.high < 1;
  if (outside && Math.abs(ratio.estimate - 1) > (noise?.floor ?? 0)) return changed(facts.better, ratio);
  if (Math.max(ratio.high - 1, 1 - ratio.low) <= resolution)
    return { verdict: 'same', words: `no difference beyond ${percent(resolution)}` };
  return unclear(`${signed(ratio.low)} to ${signed(ratio.high)} are possible`);
}

function changed(better: Facts['better'], { estimate, low, high }: Ratio): Decision {
  const verdict = estimate > 1 === (better === 'more') ? 'better' : 'worse';
  const interval = low === high ? '' : ` (${signed(low)} to ${signed(high)})`;
  return { verdict, words: `${verdict}, ${signed(estimate)}${interval}` };
}

/** A share of nothing cannot be told, but whether there is something can. */
function ofZero({ base, head, better }: Facts): Decision {
  if (base === 0 && head === 0) return { verdict: 'same', words: 'no difference: both are 0' };
  if (base !== 0) return unclear('some boots have 0');
  const verdict = better === 'more' ? 'better' : 'worse';
  return { verdict, words: `${verdict}, from 0 to ${head}` };
}

const unclear = (why: string): Decision => ({ verdict: 'unclear', words: `cannot tell: ${why}` });

/** Of a ratio: `+1.87 %`. */
export const signed = (ratio: number): string => {
  const change = roundedPercent(ratio);
  return `${change > 0 ? '+' : ''}${change} %`;
};

/** Of a part: `1 %`. */
export const percent = (part: number): string => `${roundedPercent(1 + part)} %`;
