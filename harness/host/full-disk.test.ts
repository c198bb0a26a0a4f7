import t from 'tap';
import { DiskFull, DoesNotBuild, HarnessError, Interrupted } from '../common/errors.js';
import { freeBytesOf, orFullDisk } from './full-disk.js';

const free = (bytes: number) => async () => bytes;
const failing = (error: Error) => async () => Promise.reject(error);

t.test('what fails on a full disk is the host’s trouble, with what was said', async (t) => {
  const said = new DoesNotBuild('scenario', 'make failed', { remedy: 'correct a.patch', evidence: '/log' });
  const error = await orFullDisk('/cache', failing(said), free(5000)).catch((thrown: unknown) => thrown);
  t.type(error, DiskFull, 'and no patch that does not build');
  t.match(error, {
    blame: 'host',
    message: 'make failed; the disk of /cache is full: 4 KiB are free',
    remedy: 'free space there, or point XDG_CACHE_HOME to a folder with 15 GB free',
    evidence: '/log',
  });
});

t.test('with space left, or where that cannot be told, what was said stands', async (t) => {
  const said = new HarnessError('harness', 'other', { remedy: 'x' });
  await t.rejects(orFullDisk('/cache', failing(said), free(2 ** 20)), said);
  await t.rejects(orFullDisk('/nowhere', failing(said)), said);
});

t.test('told once, by who was nearest to it', async (t) => {
  const told = new DiskFull('host', 'full', { remedy: 'x' });
  await t.rejects(orFullDisk('/cache', failing(told), free(0)), told);
});

t.test('who is interrupted is interrupted', async (t) => {
  await t.rejects(orFullDisk('/cache', failing(new Interrupted()), free(0)), new Interrupted());
});

t.test('what succeeds is not asked about', async (t) => {
  t.equal(await orFullDisk('/cache', async () => 7, free(0)), 7);
});

t.test('a file system without blocks is not full', async (t) => {
  t.equal(await freeBytesOf('/proc'), Infinity);
  t.ok((await freeBytesOf('/')) < Infinity);
});
