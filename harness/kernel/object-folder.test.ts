import { access, writeFile } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import { openObjectFolder } from './object-folder.js';

t.test('objects stay when make has ended by itself', async (t) => {
  const dir = path.join(t.testdir(), 'obj');
  {
    await using folder = await openObjectFolder(dir);
    t.ok(folder.isNew);
    await writeFile(path.join(dir, 'a.o'), '');
  }
  await using again = await openObjectFolder(dir);
  t.notOk(again.isNew);
  await access(path.join(dir, 'a.o'));
});

t.test('objects go when make was killed', async (t) => {
  const dir = path.join(t.testdir(), 'obj');
  {
    await using folder = await openObjectFolder(dir);
    await writeFile(path.join(dir, 'a.o'), 'cut o');
    folder.spoil();
  }
  await using again = await openObjectFolder(dir);
  t.ok(again.isNew);
  await t.rejects(access(path.join(dir, 'a.o')));
});

t.test('objects go when the harness was killed', async (t) => {
  const dir = path.join(t.testdir(), 'obj');
  await openObjectFolder(dir);
  t.ok((await openObjectFolder(dir)).isNew);
});
