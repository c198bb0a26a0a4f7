import { readFile } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import { readModinfo } from './modinfo.js';
import { writeModule } from './module-file.test.support.js';

const dir = t.testdir();
const file = path.join(dir, 'a.ko');

t.test('dependencies and aliases', async (t) => {
  const alias = 'alias=pci:v*d*sv*sd*bc01sc08i02*';
  await writeModule(file, ['license=GPL', 'depends=nvme-core,nvmet', alias, 'alias=x=y', 'name=a']);
  t.same(readModinfo(await readFile(file)), {
    depends: ['nvme_core', 'nvmet'],
    aliases: ['pci:v*d*sv*sd*bc01sc08i02*', 'x=y'],
  });
});

t.test('one that needs nothing', async (t) => {
  await writeModule(file, ['depends=']);
  t.same(readModinfo(await readFile(file)), { depends: [], aliases: [] });
});

t.test('what is no module', async (t) => {
  t.throws(() => readModinfo(Buffer.from('all: bzImage\n')), { message: 'no ELF file for x86-64' });
  await writeModule(file, []);
  const empty = await readFile(file);
  t.throws(() => readModinfo(empty), { message: 'it has no section .modinfo' });
});
