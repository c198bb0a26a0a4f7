import { chmodSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { connectGuest } from './connect-guest.js';
import { sshServer } from './ssh-server.test.support.js';

const { signal } = new AbortController();

t.test('a folder arrives with all that is in it', async (t) => {
  const dir = t.testdir({ from: { sub: { 'a b.txt': 'text' }, run: '#!/bin/sh\n' }, to: {} });
  chmodSync(path.join(dir, 'from/run'), 0o755);
  await using server = await sshServer(dir);
  await using guest = await connectGuest(server.address, signal);
  await guest.send(path.join(dir, 'from'), path.join(dir, 'to/new'), signal);
  t.equal(readFileSync(path.join(dir, 'to/new/sub/a b.txt'), 'utf8'), 'text');
  t.equal(statSync(path.join(dir, 'to/new/run')).mode & 0o777, 0o755);
});

t.test('a file arrives under its name', async (t) => {
  const dir = t.testdir({ 'probe.bin': 'x'.repeat(3_000_000), to: {} });
  await using server = await sshServer(dir);
  await using guest = await connectGuest(server.address, signal);
  await guest.send(path.join(dir, 'probe.bin'), path.join(dir, 'to'), signal);
  t.equal(statSync(path.join(dir, 'to/probe.bin')).size, 3_000_000);
});

t.test('a guest that does not take it says why', async (t) => {
  const dir = t.testdir({ 'probe.bin': 'x'.repeat(3_000_000), to: '' });
  await using server = await sshServer(dir);
  await using guest = await connectGuest(server.address, signal);
  await t.rejects(guest.send(path.join(dir, 'probe.bin'), path.join(dir, 'to'), signal), {
    blame: 'harness',
    message: new RegExp(
      `^${dir}/probe\\.bin could not be copied to ${dir}/to of host: mkdir: .*File exists$`,
    ),
  });
});
