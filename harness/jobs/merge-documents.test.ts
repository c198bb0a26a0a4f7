import t from 'tap';
import type { LoadedRun } from '../report/load-run.js';
import { header } from '../report/sample.test.support.js';
import { mergeRuns } from './merge-documents.js';

t.test('kernels come in the order of their first use', (t) => {
  const [kernel] = header.kernels;
  const runs = ['b', 'a', 'b'].map((name): LoadedRun => {
    const run = { ...header, kernels: [{ ...kernel!, name, id: name }], results: [] };
    return { dir: '/', run: { ...run, state: 'finished' }, events: [] };
  });
  const { run } = mergeRuns(runs, { id: 'm', dir: '/m', count: 3 });
  t.same(
    run.kernels.map(({ name }) => name),
    ['b', 'a'],
  );
  t.end();
});
