import * as z from 'zod';
import { runDocumentSchema } from './run-document.js';

/** The text of run.schema.json: JSON Schema 2020-12 of run.json, for whoever reads it with other tools. */
export function runSchemaText(): string {
  const { $schema, ...schema } = z.toJSONSchema(runDocumentSchema, { target: 'draft-2020-12' });
  return JSON.stringify({ $schema, title: 'p2plab run.json, p2plab.run/1', ...schema }, null, 2) + '\n';
}
