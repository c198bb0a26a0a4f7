import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { HarnessError } from '../common/errors.js';

// mutants.json, schema p2plab.mutants/1: what is known of each mutant, and what that depends on.

const cause = z.strictObject({
  title: z.string().describe('scenario and variant, as in run.json'),
  variantId: z.string(),
  check: z.string().describe('the first check that did not hold'),
  reason: z.string(),
});
const baselineResult = z.strictObject({
  title: z.string(),
  variantId: z.string(),
  outcome: z.enum(['pass', 'fail', 'skip', 'broken']),
  reason: z.string().describe('the first; empty of a pass'),
  seconds: z.number(),
});
const entry = z.strictObject({
  name: z.string(),
  area: z.string(),
  class: z.string(),
  rule: z.string(),
  equivalent: z.string().optional(),
  patchId: z.string(),
  baseKernel: z.string().describe('id of the kernel that the mutant was put on top of'),
  scenarios: z.string().describe('id of the set of variants to try'),
  state: z.enum(['killed', 'survived', 'does-not-build', 'does-not-boot', 'broken']),
  cause: cause.optional().describe('of killed and does-not-boot'),
  problem: z.string().optional().describe('of does-not-build and broken'),
  variantsRun: z.int().nonnegative(),
  buildMs: z.number(),
  runMs: z.number(),
  at: z.iso.datetime(),
});

export const mutantsDocumentSchema = z.strictObject({
  schema: z.literal('p2plab.mutants/1'),
  kernel: z.strictObject({ name: z.string(), release: z.string(), id: z.string() }),
  baseline: z.array(baselineResult).describe('on the unmodified kernel; empty when it was not asked'),
  mutants: z.array(entry),
});

export type MutantsDocument = z.infer<typeof mutantsDocumentSchema>;
export type MutantEntry = z.infer<typeof entry>;
export type MutantState = MutantEntry['state'];
export type BaselineResult = z.infer<typeof baselineResult>;

const fileIn = (dir: string) => path.join(dir, 'mutants.json');

/** What an earlier start left in the folder. @throws HarnessError(scenario) when it is something else */
export async function loadMutants(dir: string): Promise<MutantsDocument | undefined> {
  const text = await readFile(fileIn(dir), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return mutantsDocumentSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new HarnessError('scenario', `${fileIn(dir)} is not a p2plab.mutants/1 document`, {
      remedy: 'name another folder with --out',
      evidence: fileIn(dir),
      cause,
    });
  }
}

/** Whole at every moment. */
export async function saveMutants(dir: string, document: MutantsDocument): Promise<void> {
  await mkdir(dir, { recursive: true });
  const text = JSON.stringify(mutantsDocumentSchema.parse(document), null, 2) + '\n';
  await writeFile(`${fileIn(dir)}.new`, text);
  await rename(`${fileIn(dir)}.new`, fileIn(dir));
}
