import { readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { scenarioTitle } from '../scenario/scenario.js';
import { areaOf, readScenarios, scenarioDir, selectVariants, type Selection } from './find-scenarios.js';

const titles = async (selection: Selection) =>
  (await selectVariants(selection)).map(({ name, variant }) => scenarioTitle(name, variant));
const copy = path.join(scenarioDir, 'copy/nvme-copy-p2p.yaml');

t.test('a name is a file of scenarios/, a path is any file', async (t) => {
  const elsewhere = path.join(t.testdir({ 'mine.yaml': readFileSync(copy, 'utf8') }), 'mine.yaml');
  const files = await readScenarios(['nvme-copy-p2p', elsewhere]);
  t.same(
    files.map(({ file }) => path.resolve(file)),
    [copy, elsewhere],
  );
});

t.test('no name is all of scenarios/, area by area', async (t) => {
  const files = await readScenarios([]);
  const names = files.map(({ file, name }) => `${areaOf(file)}/${name}`);
  t.same(names, [...names].sort());
  t.ok(names.includes('copy/nvme-copy-p2p'));
  t.equal(new Set(files.map(({ name }) => name)).size, files.length, 'no name twice');
});

t.test('a name that is none has a near one', async (t) => {
  await t.rejects(readScenarios(['nvme-cpy-p2p']), {
    blame: 'scenario',
    message: 'no scenario "nvme-cpy-p2p", did you mean "nvme-copy-p2p"?',
    remedy: 'give a name that p2plab list shows, or the path of a YAML file',
  });
});

t.test('a file that is not there', async (t) => {
  await t.rejects(readScenarios(['/no/such.yaml']), {
    blame: 'scenario',
    message: '/no/such.yaml: no such file',
  });
});

t.test('the problems of all files are told at once', async (t) => {
  const dir = t.testdir({ 'a.yaml': 'nme: a\n', 'b.yaml': 'name: [\n' });
  const [a, b] = ['a.yaml', 'b.yaml'].map((name) => path.join(dir, name));
  const error = await readScenarios([a!, b!]).catch((e: unknown) => e as Error);
  const files = String((error as Error).message)
    .split('\n')
    .map((line) => path.basename(line.split(':')[0]!));
  t.same([...new Set(files)], ['a.yaml', 'b.yaml']);
});

t.test('a setting of a matrix key keeps one variant', async (t) => {
  t.same(await titles({ names: ['nvme-copy-p2p'], set: { provider: 'shm0' } }), [
    'nvme-copy-p2p [provider=shm0]',
  ]);
});

t.test('a setting that no selected scenario has', async (t) => {
  await t.rejects(selectVariants({ names: ['nvme-copy-p2p'], set: { povider: 'shm0', size: '4M' } }), {
    blame: 'scenario',
    message: '--set povider: no selected scenario has such a matrix key or parameter',
    remedy: 'they have: provider, size',
  });
});

t.test('a tag narrows what was named', async (t) => {
  t.same(await titles({ names: ['nvme-copy-p2p', 'p2pmem-allocate'], tag: 'allocate' }), [
    'p2pmem-allocate [provider=nvme0]',
    'p2pmem-allocate [provider=shm0]',
  ]);
});

t.test('a tag that nothing has names those there are', async (t) => {
  await t.rejects(selectVariants({ names: ['nvme-copy-p2p'], tag: 'allocat' }), {
    blame: 'scenario',
    message: "no scenario matches --tag 'allocat'",
    remedy: /^use tags of: .*allocate, .*copy/,
  });
});

t.test('by a tag the library gives what it gives when all of it is read', async (t) => {
  const all = await readScenarios([]);
  for (const tag of new Set(all.flatMap(({ tags }) => tags))) {
    const having = all.filter(({ tags }) => tags.includes(tag)).map(({ name }) => name);
    t.same(
      (await readScenarios([], {}, tag)).map(({ name }) => name),
      having,
      tag,
    );
  }
});

t.test('the mistakes of a file that is named are told whatever its tags are', async (t) => {
  const file = path.join(t.testdir({ 'a.yaml': 'nme: a\ntags: [copy]\n' }), 'a.yaml');
  await t.rejects(selectVariants({ names: [file], tag: 'smoke' }), { message: /unknown key "nme"/ });
});
