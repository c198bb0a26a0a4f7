import * as z from 'zod';

// run.json, schema p2plab.run/1. `npm run schema` writes run.schema.json from this.

const bytesByRegion = z.record(z.string(), z.int().nonnegative());

const check = z.strictObject({
  name: z.string(),
  ok: z.boolean(),
  want: z.string(),
  got: z.string(),
});
const metric = z.strictObject({
  name: z.string().describe('step.sample'),
  value: z.number(),
  unit: z.string(),
  better: z.enum(['higher', 'lower']),
});
const transfer = z.strictObject({
  machine: z.string(),
  drive: z.string().describe('its id, which is told by the namespace that QEMU traced'),
  direction: z.enum(['read', 'write']),
  commands: z.int().nonnegative(),
  bytesByRegion,
});
const step = z.strictObject({
  name: z.string(),
  kind: z.string(),
  machine: z.string(),
  ms: z.number(),
  dipBytes: z
    .record(z.string(), z.int())
    .describe('how far available of each provider was seen to fall meanwhile'),
  bytesByRegion: bytesByRegion.describe(
    'data bytes of all NVMe commands that the drives got during the step',
  ),
  transfers: z.array(transfer).describe('the same by drive and direction'),
});

const finding = z.strictObject({
  machine: z.string(),
  pattern: z.string().describe('a name that scenarios expect and allow'),
  title: z.string().describe('the same whenever this happens'),
  fingerprint: z.string().describe('for deduplication: of the pattern and the functions of the trace'),
  where: z.string().optional().describe('file:line'),
  step: z.string().optional(),
  line: z.int().positive().describe('in console.log'),
  file: z.string().optional().describe("the symbolised trace, in the machine's folder"),
});

export const resultSchema = z.strictObject({
  scenario: z.string(),
  variant: z.record(z.string(), z.string()),
  kernel: z.string().describe('the name of one of kernels'),
  outcome: z.enum(['pass', 'fail', 'skip', 'broken']).describe("only the kernel's fault is fail"),
  reasons: z.array(z.string()).describe('ordered by cause'),
  controls: z
    .enum(['run', 'off', 'not-needed'])
    .describe('whether claims of peer-to-peer were run again without peer memory; off on request'),
  sharedBoot: z
    .strictObject({
      after: z.array(z.string()).describe('titles of the variants that ran on it before'),
      outcome: z
        .enum(['fail', 'skip', 'broken'])
        .optional()
        .describe('what came of it there, when that is not the result'),
      reasons: z.array(z.string()).optional(),
      folder: z.string().optional().describe('of what was found there, in the run folder'),
    })
    .optional()
    .describe(
      'the boot was not its own; with outcome: it did not pass there, and this is the result of a boot of its own',
    ),
  phases: z.record(z.string(), z.number()).describe('milliseconds: bootMs and sshMs from the start of QEMU'),
  peakMemoryBytes: z
    .record(z.string(), z.int().positive())
    .optional()
    .describe(
      'by machine that was there at the end: the most that its QEMU had since it began (VmHWM of proc(5))',
    ),
  processorSeconds: z
    .record(z.string(), z.number().nonnegative())
    .optional()
    .describe('by machine that was there at the end: processor time of its QEMU for this variant'),
  checks: z.array(check),
  metrics: z.array(metric),
  evidence: z.strictObject({
    dma: z.strictObject({ bytesByRegion: bytesByRegion.describe('over the steps that expectations name') }),
    steps: z.array(step),
    findings: z.array(finding).describe('what the kernel logs tell of, also what is expected or allowed'),
  }),
  comparison: z
    .array(z.strictObject({ property: z.string(), value: z.string() }))
    .describe('what the scenario compares kernels in'),
  artifacts: z.array(z.string()).describe('paths in the run folder'),
});

const kernel = z.strictObject({
  name: z.string(),
  release: z.string(),
  id: z.string(),
  buildId: z.string().nullable(),
  source: z
    .strictObject({
      package: z.string().optional(),
      version: z.string().optional(),
      origin: z.string().describe("the tarball, or the user's tree"),
      describe: z.string().optional().describe('git describe, with -dirty when files differ from the commit'),
      tree: z.string().optional().describe('git tree of the files, before any patches'),
    })
    .nullable(),
  series: z.array(
    z.strictObject({
      name: z.string(),
      patches: z.array(z.string()),
      linesAdded: z.int().describe('without documentation'),
    }),
  ),
});

export const runDocumentSchema = z.strictObject({
  schema: z.literal('p2plab.run/1'),
  id: z.string(),
  harness: z.strictObject({ version: z.string() }),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable().describe('null while the run goes on'),
  state: z.enum(['running', 'finished', 'interrupted', 'broken']),
  host: z.strictObject({
    cpuModel: z.string(),
    cpus: z.int(),
    memoryMiB: z.int(),
    kernel: z.string(),
    qemu: z.string(),
    accelerator: z.enum(['kvm', 'tcg']),
    acceleratorWhy: z.string(),
    node: z.string(),
  }),
  kernels: z.array(kernel).describe('in the order of their first use'),
  image: z.strictObject({ name: z.string(), id: z.string() }),
  results: z.array(resultSchema),
});

export type RunDocument = z.infer<typeof runDocumentSchema>;
export type Result = z.infer<typeof resultSchema>;
