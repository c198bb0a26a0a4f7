import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { packageRoot } from '../common/paths.js';
import { jobSchemas } from './job-schemas.js';

// `npm run schema`: keeps the published schemas in step with plan-document.ts and bundle.ts.
for (const [file, text] of Object.entries(jobSchemas))
  await writeFile(path.join(packageRoot, 'harness/jobs', file), text);
