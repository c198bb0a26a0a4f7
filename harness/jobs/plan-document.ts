import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { HarnessError } from '../common/errors.js';
import { optionalEvidence } from '../scenario/scenario.js';
import { seriesFields } from '../series/series-fields.js';

// plan.json, schema p2plab.plan/1: what `p2plab plan --json` prints, and shards, pools and merges work from.
// `npm run schema` writes plan.schema.json from this.

const needs = z.strictObject({
  cpus: z.int().positive().describe('of all machines'),
  memoryMiB: z.int().positive().describe('of all machines, their devices and QEMU itself'),
  exclusive: z.boolean().describe('nothing else may run beside it: it measures'),
  accelerator: z.enum(['any', 'kvm', 'tcg']),
});
const expected = z.strictObject({
  seconds: z.number().nonnegative(),
  measured: z.boolean().describe('whether from earlier runs on the host that made the plan, or a guess'),
});
const build = z.strictObject({
  id: z.string().regex(/^(kernel|image)-[0-9a-f]{16}$/),
  kind: z.enum(['kernel', 'image']),
  name: z.string().describe('what --kernel or --image name it by'),
  needs,
  expected,
  patches: z
    .int()
    .optional()
    .describe("of a kernel: so many of the plan's patches, from the first; else all"),
  provenance: z
    .strictObject({
      source: z.record(z.string(), z.string()).nullable(),
      series: z.array(
        z.strictObject({ name: z.string(), patches: z.array(z.string()), linesAdded: z.int() }),
      ),
    })
    .optional()
    .describe('of a kernel: what run.json says of it'),
});
const job = z.strictObject({
  id: z
    .string()
    .regex(/^run-[0-9a-f]{16}$/)
    .describe('of kernel, image, scenario, variant, settings and harness: the same work has the same id'),
  title: z.string(),
  scenario: z.string(),
  variant: z.record(z.string(), z.string()),
  kernel: z.string().describe('id of the kernel build'),
  image: z.string().describe('id of the image build'),
  needs,
  dependsOn: z.array(z.string()).describe('ids of builds'),
  expected,
  attempt: z.int().min(2).optional().describe('which run of the variant in a fresh VM; else the first'),
});
const series = z
  .strictObject({
    ...seriesFields,
    prerequisites: z.array(z.string()),
    patches: z.array(
      z.strictObject({
        subject: z.string(),
        author: z.string(),
        message: z.string(),
        diff: z.string(),
        origin: z.string(),
      }),
    ),
    kernel: z.string().describe('the definition of what it is put upon'),
    before: z.int().describe("so many of the plan's patches, from the first, belong to the base"),
    each: z.boolean().describe('all prefixes, or only the base and the whole'),
    retries: z.int().describe('how often what does not pass is run again in a fresh VM'),
    prefixes: z
      .array(z.strictObject({ count: z.int().describe('of its patches'), kernel: z.string() }))
      .describe('the base first'),
  })
  .describe('of a patch series: jobs are the first run of each variant on each prefix');

export const planSchema = z.strictObject({
  schema: z.literal('p2plab.plan/1'),
  harness: z.strictObject({
    version: z.string(),
    code: z.string().describe('hash of the code that runs and judges'),
  }),
  settings: z.strictObject({
    set: z.record(z.string(), z.string()),
    accelerator: z.enum(['auto', 'kvm', 'tcg']),
    controls: z.boolean(),
    without: z.array(z.enum(optionalEvidence)),
    coverage: z.boolean(),
    cost: z.boolean(),
  }),
  scenarios: z.array(
    z.strictObject({
      name: z.string(),
      file: z.string().describe("relative to p2plab's own folder, or to the working directory"),
      packaged: z.boolean().describe("whether it is of p2plab's library"),
      text: z.string(),
    }),
  ),
  patches: z
    .array(z.strictObject({ name: z.string(), text: z.string() }))
    .describe('of --patch, or before and of a series, in order'),
  series: series.optional(),
  builds: z.array(build).describe('kernels in the order of their first use, then the image'),
  jobs: z.array(job).describe('in the order in which one machine runs them'),
  done: z
    .array(z.string())
    .optional()
    .describe('ids of jobs that are not to be run any more: no shard and no matrix has them'),
});

export type Plan = z.infer<typeof planSchema>;
export type Job = Plan['jobs'][number];
export type Build = Plan['builds'][number];
export type Needs = z.infer<typeof needs>;
export type PlannedSeries = z.infer<typeof series>;

/** Which p2plab: `0.1.0 (0123456789abcdef)`. */
export const harnessText = ({ version, code }: Plan['harness']): string => `${version} (${code})`;

/** The jobs that are to be run. */
export const openJobs = ({ jobs, done = [] }: Pick<Plan, 'jobs' | 'done'>): Job[] => {
  const over = new Set(done);
  return jobs.filter(({ id }) => !over.has(id));
};

/** The text of a plan. */
export const planJson = (plan: Plan): string => `${JSON.stringify(planSchema.parse(plan), null, 2)}\n`;

/** @throws HarnessError(scenario) when the file is no plan, or one of another version */
export async function readPlan(file: string): Promise<Plan> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new HarnessError('scenario', `cannot read the plan ${file}: ${(cause as Error).message}`, {
      remedy: 'make one: p2plab plan --json --tag smoke >plan.json',
      cause,
    });
  });
  return parsePlan(text, file);
}

/** @param file for the message */
export function parsePlan(text: string, file: string): Plan {
  try {
    return planSchema.parse(JSON.parse(text));
  } catch (cause) {
    const why =
      cause instanceof z.ZodError ? z.prettifyError(cause).split('\n')[0] : (cause as Error).message;
    throw new HarnessError('scenario', `${file} is not a p2plab.plan/1 document: ${why}`, {
      remedy: 'make it with this version of p2plab: p2plab plan --json',
      cause,
    });
  }
}
