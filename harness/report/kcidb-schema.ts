import * as z from 'zod';

// What of KCIDB's I/O schema 5.3 p2plab writes; strict as that is, properties that p2plab does not write left out.
// Source of the rules: github.com/kernelci/kcidb-io, kcidb_io/schema/v05_03.py and the patterns of v05_00.py.

/** Characters of a log_excerpt. */
export const maxExcerpt = 16_384;

const text = z.string().regex(/^[^\0]*$/);
const origin = z.string().regex(/^[a-z0-9_]+$/);
const id = z.string().regex(/^[a-z0-9_]+:.*$/);
const path = z.string().regex(/^$|^[\w-]+(?:\.[\w-]+)*$/);
const time = z.iso.datetime({ offset: true });
const status = z.enum(['FAIL', 'ERROR', 'MISS', 'PASS', 'DONE', 'SKIP']);
const misc = z.record(z.string(), z.unknown());

const checkout = z.strictObject({
  id,
  origin,
  tree_name: text.optional(),
  git_commit_name: text.optional(),
  comment: text.optional(),
  valid: z.boolean().optional(),
  misc: misc.optional(),
});
const build = z.strictObject({
  checkout_id: id,
  id,
  origin,
  architecture: z
    .string()
    .regex(/^[a-z0-9_]*$/)
    .optional(),
  config_name: text.optional(),
  status: status.optional(),
  misc: misc.optional(),
});
const test = z.strictObject({
  build_id: id,
  id,
  origin,
  path: path.optional(),
  comment: text.optional(),
  status: status.optional(),
  number: z.strictObject({ value: z.number(), unit: text.optional() }).optional(),
  environment: z.strictObject({ comment: text.optional(), misc: misc.optional() }).optional(),
  start_time: time.optional(),
  duration: z.number().optional(),
  log_excerpt: text.max(maxExcerpt).optional(),
  misc: misc.optional(),
});

export const kcidbSchema = z.strictObject({
  version: z.strictObject({ major: z.literal(5), minor: z.int().min(0).max(3) }),
  checkouts: z.array(checkout).optional(),
  builds: z.array(build).optional(),
  tests: z.array(test).optional(),
});

export type KcidbReport = z.infer<typeof kcidbSchema>;
