import t from 'tap';
import { readScenario } from './read-scenario.js';
import { fakeKinds } from './fake-kinds.test.support.js';
import { good, problemsOf } from './problems-of.test.support.js';

const withKeys = (keys: string) => ({ from: 'tags: [copy]', to: `tags: [copy]\n${keys}` });
const problemsWith = (keys: string) => {
  const { from, to } = withKeys(keys);
  return problemsOf(from, to);
};

t.test('a kernel is named, also by a variable, and is no path', async (t) => {
  const { from, to } = withKeys("kernel: 'p2pmem-${provider}'");
  const { variants } = readScenario('a.yaml', good.replace(from, to), fakeKinds);
  t.strictSame(
    variants.map(({ kernel }) => kernel),
    ['p2pmem-nvme0', 'p2pmem-shm0'],
  );
  t.same(problemsWith('kernel: ../bzImage'), [
    'a.yaml:4:9: kernel: want the name of a kernel like p2pmem-6.12, found "../bzImage"',
  ]);
});

t.test('what is rebound is a provider, once', async (t) => {
  t.same(problemsWith('rebind: [shm0, shm0]'), [
    'a.yaml:4:9: rebind: want each provider once, found a list of 2',
  ]);
  t.same(problemsWith('rebind: nvme1'), [
    'a.yaml:4:9: rebind: want a provider (nvme0 or shm0), found "nvme1", which is an nvme drive without a CMB',
  ]);
  t.same(problemsWith('rebind: [nvme0, shm9]'), [
    'a.yaml:4:17: rebind[1]: want a provider (nvme0 or shm0), found "shm9"',
  ]);
});

t.test('a property that is compared is a sample of a step, or the outcome', async (t) => {
  t.same(problemsWith('compare: { property: result, of: outcome }'), []);
  t.same(problemsWith('compare: [{ property: result, of: outcomes }, { property: result, of: outcome }]'), [
    'a.yaml:4:35: compare[0].of: want a step and its sample, like state.published, or outcome, found "outcomes"',
  ]);
  t.same(problemsWith('compare: [{ property: a, of: outcome }, { property: b, of: nowhere.bytes }]'), [
    'a.yaml:4:60: compare[1].of: want a step (write or p2pmem-map), found "nowhere"',
  ]);
});
