import * as z from 'zod';
import { benchDocumentSchema } from './bench-document.js';

/** The text of bench.schema.json: JSON Schema 2020-12 of bench.json, for whoever reads it with other tools. */
export function benchSchemaText(): string {
  const { $schema, ...schema } = z.toJSONSchema(benchDocumentSchema, { target: 'draft-2020-12' });
  return JSON.stringify({ $schema, title: 'p2plab bench.json, p2plab.bench/1', ...schema }, null, 2) + '\n';
}
