import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { packageRoot } from '../common/paths.js';
import { benchSchemaText } from './bench-schema.js';

// `npm run schema`: keeps the published schema in step with bench-document.ts.
await writeFile(path.join(packageRoot, 'harness/benchmark/bench.schema.json'), benchSchemaText());
