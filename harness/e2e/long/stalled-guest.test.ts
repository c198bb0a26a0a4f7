import { statSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import path from 'node:path';
import t, { type Test } from 'tap';
import { connectGuest } from '../../guest/connect-guest.js';
import { maxOutputBytes } from '../../guest/run-command.js';
import { sshServer } from '../../guest/ssh-server.test.support.js';

// Guests that are there and do not behave, by a server of our own: it takes as long as the real waits.

t.setTimeout(300_000);
const { signal } = new AbortController();

/** A wire to a port, which can be held: both ends stay connected and hear nothing more. */
async function wireTo(t: Test, port: number) {
  const sockets: Socket[] = [];
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    sockets.push(near, far);
    near.pipe(far).pipe(near);
    for (const socket of [near, far]) socket.on('error', () => {});
  }).listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const hold = () => {
    for (const socket of sockets) socket.unpipe().pause();
  };
  return { port: (server.address() as AddressInfo).port, hold };
}

async function stalling(t: Test) {
  const dir = t.testdir();
  const server = await sshServer(dir);
  t.teardown(() => server[Symbol.asyncDispose]());
  const wire = await wireTo(t, server.address.port);
  const guest = await connectGuest({ ...server.address, port: wire.port }, signal);
  t.teardown(() => guest[Symbol.asyncDispose]());
  const files = { stdout: path.join(dir, 'x.out'), stderr: path.join(dir, 'x.err') };
  return { guest, files, wire };
}

t.test('SSH that stalls within a command ends it with the reason, which is not the kernel’s', async (t) => {
  const { guest, files, wire } = await stalling(t);
  const running = guest.run('sleep 600', files, signal);
  setTimeout(wire.hold, 500);
  const reason = {
    blame: 'harness',
    message: `the guest host no longer answers SSH on 127.0.0.1:${wire.port}: Keepalive timeout`,
  };
  await t.rejects(running, reason);
  await t.rejects(guest.read('true', signal), reason);
});

t.test('of 1 GB of output a part is kept, in little memory', async (t) => {
  const { guest, files } = await stalling(t);
  let mostBytes = 0;
  const watching = setInterval(() => (mostBytes = Math.max(mostBytes, process.memoryUsage.rss())), 50);
  const before = process.memoryUsage.rss();
  const end = await guest.run('head -c 1000000000 /dev/zero', files, signal);
  clearInterval(watching);
  t.match(end, { exitCode: 0, truncated: true });
  t.equal(statSync(files.stdout).size, maxOutputBytes);
  const grownMiB = Math.round((mostBytes - before) / 2 ** 20);
  t.comment(`${Math.round(end.ms)} ms, ${grownMiB} MiB more memory, the server in the same process included`);
  t.ok(grownMiB < 500, `${grownMiB} MiB`);
});
