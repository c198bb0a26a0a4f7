import path from 'node:path';
import t from 'tap';
import { parseKernelSpec } from './kernel-spec.js';
import { resolveKernelSpec } from './resolve-kernel-spec.js';

const dir = t.testdir({
  series: {
    listed: {
      series: '# the order\nb.patch\na.patch # why\n\n',
      'a.patch': 'A',
      'b.patch': 'B',
      'c.patch': 'C',
    },
    torn: { series: 'gone.patch\n' },
    plain: { '0002.patch': '2', '0001.patch': '1', 'notes.txt': '' },
  },
  config: { 'own.config': 'CONFIG_X=y\n' },
  elsewhere: { 'my.config': 'CONFIG_Y=y\n' },
});
const file = path.join(dir, 'k.yaml');
const resolve = (series: string, config = '[own]') =>
  resolveKernelSpec(parseKernelSpec(file, `source: { tree: . }\nseries: ${series}\nconfig: ${config}\n`));

t.test('a series file gives the order, else the names do', async (t) => {
  const { series } = await resolve('[listed, plain]');
  t.same(
    series.map(({ name, patches }) => [name, patches.map(({ text }) => text)]),
    [
      ['listed', ['B', 'A']],
      ['plain', ['1', '2']],
    ],
  );
});

t.test('only the first patches of a series', async (t) => {
  const { series } = await resolve('[{ dir: listed, patches: 1 }]');
  t.same(series[0]?.patches, [{ file: path.join(dir, 'series/listed/b.patch'), text: 'B' }]);
});

t.test('a fragment of its own, one by path, and one of p2plab', async (t) => {
  const { fragments } = await resolve('[]', '[guest, own, elsewhere/my.config]');
  t.same(
    fragments.map(({ name }) => name),
    ['guest', 'own', 'my'],
  );
  t.match(fragments[0]?.file, /kernels\/config\/guest\.config$/);
});

t.test('everything that is missing', async (t) => {
  await t.rejects(resolve('[nope, { dir: plain, patches: 3 }, torn]', '[other]'), {
    blame: 'scenario',
    message: [
      `${dir}/k.yaml:2:10: want a series folder in ${dir}/series (there are: listed, plain, torn), found "nope"`,
      `${dir}/k.yaml:2:39: want at most 2, as many as ${dir}/series/plain has, found 3`,
      `${dir}/k.yaml:3:10: want a config fragment in ${dir}/config (there are: own), found "other"`,
      `${dir}/series/torn/series: want a patch file, found no ${dir}/series/torn/gone.patch`,
    ].join('\n'),
  });
});
