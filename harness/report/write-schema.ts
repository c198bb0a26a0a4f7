import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { packageRoot } from '../common/paths.js';
import { runSchemaText } from './run-schema.js';

// `npm run schema`: keeps the published schema in step with run-document.ts.
await writeFile(path.join(packageRoot, 'harness/report/run.schema.json'), runSchemaText());
