import t from 'tap';
import { forKernel, killOrder, setId, variantId } from './choose-scenarios.js';
import { candidate } from './sample.test.support.js';

const slow = candidate('slow', 'copy', 60);
const quick = candidate('quick', 'copy', 5);
const other = candidate('other', 'topology', 1);
const later = candidate('later', 'topology', 2);
const names = (candidates: { scenario: { name: string } }[]) =>
  candidates.map(({ scenario }) => scenario.name);

t.test('the area comes first, and the quickest of it before the others', async (t) => {
  t.strictSame(names(killOrder({ area: 'copy' }, [slow, later, quick, other], false)), [
    'quick',
    'slow',
    'other',
    'later',
  ]);
});

t.test('what killed on an earlier kernel comes before all', async (t) => {
  t.strictSame(names(killOrder({ area: 'copy' }, [slow, later, quick, other], false, 'later')), [
    'later',
    'quick',
    'slow',
    'other',
  ]);
});

t.test('only the area, when asked for it', async (t) => {
  t.strictSame(names(killOrder({ area: 'copy' }, [slow, other, quick], true)), ['quick', 'slow']);
});

t.test('variants for a kernel of their own are left out', async (t) => {
  const device = candidate('device', 'design', 1, { kernel: 'p2pmem-6.12-device' });
  const base = candidate('base', 'design', 1, { kernel: 'p2pmem-6.12' });
  t.strictSame(names(forKernel([device, base, quick], 'p2pmem-6.12')), ['base', 'quick']);
});

t.test('an id follows what a variant does, not where its file is or what is said of it', async (t) => {
  const moved = candidate('quick', 'copy', 5, {
    file: '/elsewhere/quick.yaml',
    title: 'Other',
    tags: ['new'],
  });
  const changed = candidate('quick', 'copy', 5, { expect: [{ type: 'value', of: 'a.b', is: 1 }] });
  t.equal(variantId(moved), variantId(quick));
  t.not(variantId(changed), variantId(quick));
});

t.test('a set has one id in any order', async (t) => {
  t.equal(setId([slow, quick]), setId([quick, slow]));
  t.not(setId([slow]), setId([quick, slow]));
});
