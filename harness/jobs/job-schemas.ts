import * as z from 'zod';
import { bundleSchema } from './bundle.js';
import { planSchema } from './plan-document.js';

const schemaText = (schema: z.ZodType, title: string): string => {
  const { $schema, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12' });
  return JSON.stringify({ $schema, title, ...rest }, null, 2) + '\n';
};

/** JSON Schemas (2020-12) by their file: of what `plan --json` prints, and of a bundle's job.json. */
export const jobSchemas: Readonly<Record<string, string>> = {
  'plan.schema.json': schemaText(planSchema, 'p2plab plan.json, p2plab.plan/1'),
  'bundle.schema.json': schemaText(bundleSchema, "job.json of a job's bundle, p2plab.bundle/1"),
};
