import { readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { packageRoot } from '../common/paths.js';
import { benchSchemaText } from './bench-schema.js';

const read = (file: string): unknown => JSON.parse(readFileSync(path.join(packageRoot, file), 'utf8'));

t.test('the published schema is that of the bench document', async (t) => {
  t.strictSame(
    read('harness/benchmark/bench.schema.json'),
    JSON.parse(benchSchemaText()),
    'npm run schema writes it',
  );
});
