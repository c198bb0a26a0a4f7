import { readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { packageRoot } from '../common/paths.js';
import { runSchemaText } from './run-schema.js';

const read = (file: string): unknown => JSON.parse(readFileSync(path.join(packageRoot, file), 'utf8'));

t.test('the published schema is that of the run document', async (t) => {
  t.strictSame(
    read('harness/report/run.schema.json'),
    JSON.parse(runSchemaText()),
    'npm run schema writes it',
  );
});

t.test('the package has the schema where the README says', async (t) => {
  t.match(read('dist/report/run.schema.json'), { $schema: 'https://json-schema.org/draft/2020-12/schema' });
});
