import t from 'tap';
import { runDocumentSchema } from './run-document.js';
import { failed, header, result, skipped } from './sample.test.support.js';

const run = { ...header, results: [result(), failed, skipped] };
const pathsOf = (document: unknown) =>
  (runDocumentSchema.safeParse(document).error?.issues ?? []).map((issue) => issue.path.join('.'));

t.test('a run document is valid, and so is its JSON', async (t) => {
  t.strictSame(runDocumentSchema.parse(run), run);
  t.strictSame(runDocumentSchema.parse(JSON.parse(JSON.stringify(run))), run);
});

t.test('keys that the schema does not have are refused', async (t) => {
  t.same(pathsOf({ ...run, host: { ...header.host, hostname: 'secret' } }), ['host']);
});

t.test('an outcome that there is not, and a figure that is none, are refused', async (t) => {
  t.same(pathsOf({ ...run, results: [{ ...failed, outcome: 'flaky', phases: { wallMs: NaN } }] }), [
    'results.0.outcome',
    'results.0.phases.wallMs',
  ]);
});
