import * as z from 'zod';

const percent = z.number().describe('of the head against the base, in percent; 2 is 2 % more');

/** What a benchmark says of one metric. All figures are as they are printed. */
export const comparisonSchema = z.strictObject({
  metric: z.string(),
  step: z.string().describe('empty for the whole run'),
  unit: z.string(),
  kind: z.enum(['exact', 'count', 'wall']),
  better: z.enum(['less', 'more']),
  n: z.int().describe('boots of each side that count'),
  base: z.number().describe('median over the boots'),
  head: z.number(),
  change: z
    .strictObject({ estimate: percent, low: percent, high: percent })
    .optional()
    .describe('with its interval; absent where there is none, as of a base of 0'),
  ratio: z
    .strictObject({ estimate: z.number(), low: z.number(), high: z.number() })
    .optional()
    .describe('the same as head to base'),
  noise: percent
    .optional()
    .describe('how far boots of the same side are apart by the same rule (A/A): what no difference is'),
  verdict: z.enum(['worse', 'better', 'same', 'unclear']),
  words: z.string().describe('the verdict in words'),
});
export type Comparison = z.infer<typeof comparisonSchema>;
export type Verdict = Comparison['verdict'];

/** As it is printed. */
export const roundedPercent = (ratio: number): number => rounded((ratio - 1) * 100, 2);
export const roundedRatio = (ratio: number): number => rounded(ratio, 4);
/** Five digits: exact costs are told to a tenth of an instruction. */
export const roundedValue = (value: number): number => Number(value.toPrecision(5));

/** Never -0, which prints as such. */
const rounded = (value: number, digits: number): number => Number(value.toFixed(digits)) + 0;
