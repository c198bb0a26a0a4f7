import { getEventListeners } from 'node:events';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { createServer, Socket, type AddressInfo } from 'node:net';
import path from 'node:path';
import t, { type Test } from 'tap';
import { HarnessError, Interrupted } from '../common/errors.js';
import { connectGuest, type GuestAddress } from './connect-guest.js';
import { makeRunKeys } from './run-keys.js';
import { maxOutputBytes } from './run-command.js';
import { endsAtOnce, never, sshServer } from './ssh-server.test.support.js';

t.setTimeout(180_000); // on a loaded host every process takes its time

const { signal } = new AbortController();

/** A guest behind a server of its own, and a way to run a script with output files. */
async function connected(t: Test, over: Partial<GuestAddress> = {}) {
  const dir = t.testdir();
  const server = await sshServer(dir, over);
  const guest = await connectGuest(server.address, signal);
  t.teardown(async () => {
    await guest[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });
  const files = { stdout: path.join(dir, 'x.out'), stderr: path.join(dir, 'x.err') };
  const text = (name: keyof typeof files) => readFileSync(files[name], 'utf8');
  const run = (script: string, s = signal) => guest.run(script, files, s);
  return { dir, server, guest, files, text, run };
}

async function appears(file: string): Promise<void> {
  while (!existsSync(file)) await new Promise((done) => setTimeout(done, 5));
}

t.test('a script that succeeds: its output in files, its exit code', async (t) => {
  const { run, text } = await connected(t);
  t.match(await run('echo out; echo err >&2'), { exitCode: 0, truncated: false });
  t.same([text('stdout'), text('stderr')], ['out\n', 'err\n']);
});

t.test('a script that fails', async (t) => {
  const { run, text } = await connected(t);
  t.match(await run('echo "no disk" >&2; exit 7'), { exitCode: 7 });
  t.equal(text('stderr'), 'no disk\n');
});

t.test('a script that a signal ended', async (t) => {
  const { run } = await connected(t);
  const end = await run('kill -KILL "$$"');
  t.match(end, { signal: 'SIGKILL' });
  t.equal(end.exitCode, undefined);
});

t.test('a script of several lines, whose commands find an empty stdin', async (t) => {
  const { run, text } = await connected(t);
  t.match(await run(`cat\nprintf '%s\\n' 'é "$x"'\nexit 4`), { exitCode: 4 });
  t.equal(text('stdout'), 'é "$x"\n');
});

t.test('a script of any length and any characters, whose commands find an empty stdin', async (t) => {
  const { run, text, dir } = await connected(t);
  const long = `'é "$x"'`.repeat(20_000);
  t.match(await run(`cat; printf %s ${long} | wc -c`), { exitCode: 0 });
  t.equal(text('stdout').trim(), String(Buffer.byteLength('é "$x"') * 20_000));
  t.same(
    readdirSync(dir).filter((name) => name.startsWith('p2plab-command')),
    [],
    'the script is removed',
  );
});

t.test('the exit status may come with the answer to the request', async (t) => {
  const { guest } = await connected(t);
  t.equal((await guest.read(endsAtOnce, signal)).toString(), 'at once\n');
});

t.test(
  'small packets do not wait for answers from the handshake on, and nothing is tried before the key',
  async (t) => {
    await using server = await sshServer(t.testdir());
    const { seen, address } = server;
    const original = Object.getOwnPropertyDescriptor(Socket.prototype, 'setNoDelay')!;
    t.teardown(() => Object.defineProperty(Socket.prototype, 'setNoDelay', original));
    Socket.prototype.setNoDelay = function (this: Socket, on) {
      if (this.remotePort === address.port) seen.push('no delay');
      return (original.value as typeof this.setNoDelay).call(this, on);
    };
    await (await connectGuest(address, signal))[Symbol.asyncDispose]();
    t.same(seen.slice(0, 2), ['no delay', 'handshake']);
    t.same([...new Set(seen.slice(2))], ['publickey']);
  },
);

t.test('scripts run at the same time', async (t) => {
  const { guest } = await connected(t);
  const outputs = await Promise.all([1, 2, 3].map((n) => guest.read(`echo ${n}`, signal)));
  t.equal(outputs.join(''), '1\n2\n3\n');
});

t.test('of output without end a part is kept', async (t) => {
  const { run, files } = await connected(t);
  const tooMuch = maxOutputBytes + 2 ** 20;
  t.match(await run(`head -c ${tooMuch} /dev/zero; echo end >&2`), { exitCode: 0, truncated: true });
  t.equal(statSync(files.stdout).size, maxOutputBytes);
});

t.test('reading gives the output, byte for byte', async (t) => {
  const { guest } = await connected(t);
  t.same(await guest.read("printf '\\377\\000\\n'", signal), Buffer.from([255, 0, 10]));
});

t.test('a read that fails is the harness’s trouble', async (t) => {
  const { guest } = await connected(t);
  await t.rejects(guest.read('echo "no such file" >&2; exit 3', signal), {
    blame: 'harness',
    message: 'reading from host failed (exit 3): no such file',
  });
});

t.test('another host key is another server, and is not tried again', async (t) => {
  const server = await sshServer(t.testdir());
  await using _server = server;
  const keys = makeRunKeys();
  const { port } = server.address;
  await t.rejects(connectGuest({ ...server.address, keys }, signal), {
    blame: 'harness',
    message: `127.0.0.1:${port} shows another host key than this run gave host`,
    remedy: 'another SSH server answers on that port: look at what listens there',
  });
});

t.test('a server that never answers is the kernel’s trouble', async (t) => {
  const silent = createServer((socket) => socket.on('error', () => {}).resume()).listen(0, '127.0.0.1');
  await new Promise((done) => silent.once('listening', done));
  t.teardown(() => silent.close());
  const { port } = silent.address() as AddressInfo;
  const address = { machine: 'host', port, keys: makeRunKeys(), connectMs: 100, died: never };
  await t.rejects(connectGuest(address, signal), {
    blame: 'harness',
    message: 'SSH connection to host took over 100 ms',
  });
  while ((await connectionsOf(silent)) > 0) await new Promise((done) => setTimeout(done, 5));
  t.pass('no attempt is left behind');
});

const connectionsOf = (server: ReturnType<typeof createServer>) =>
  new Promise<number>((done) => server.getConnections((_, count) => done(count)));

t.test('a VM that dies while it is waited for says why', async (t) => {
  const silent = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  await new Promise((done) => silent.once('listening', done));
  t.teardown(() => silent.close());
  const panic = new HarnessError('kernel', 'the kernel of host panicked: BUG', { remedy: 'read' });
  const died = new Promise<never>((_, reject) => setTimeout(() => reject(panic), 20));
  const { port } = silent.address() as AddressInfo;
  const address = { machine: 'host', port, keys: makeRunKeys(), connectMs: 60_000, died };
  await t.rejects(connectGuest(address, signal), panic);
});

t.test('a connection that is lost ends the command that runs, and every later one', async (t) => {
  const { run, server, dir, guest } = await connected(t);
  const running = run('touch started; exec sleep 60');
  await appears(path.join(dir, 'started'));
  server.cut();
  // reset when the server had something to read yet, or when the client just writes
  const why = '(connection closed|read ECONNRESET|write (EPIPE|ECONNRESET))';
  const message = new RegExp(
    `^the guest host no longer answers SSH on 127.0.0.1:${server.address.port}: ${why}$`,
  );
  await t.rejects(running, { message });
  await t.rejects(run('true'), { message });
  await t.rejects(guest.read('true', signal), { message });
});

t.test('a panic closes the connection first, and is still the reason', async (t) => {
  let panic: (error: Error) => void = () => {};
  const died = new Promise<never>((_, reject) => (panic = reject));
  const { run, server, dir } = await connected(t, { died });
  const running = run('touch started; exec sleep 60');
  await appears(path.join(dir, 'started'));
  server.cut();
  const late = run('true');
  setTimeout(
    () => panic(new HarnessError('kernel', 'the kernel of host panicked: BUG', { remedy: 'read' })),
    50,
  );
  const message = 'the kernel of host panicked: BUG';
  await Promise.all([running, late].map((command) => t.rejects(command, { message })));
});

t.test('an abort leaves the command to itself, however much it still prints', async (t) => {
  const stop = new AbortController();
  const { run, files, guest } = await connected(t);
  const running = run('exec yes', stop.signal);
  running.catch(() => {});
  while (!existsSync(files.stdout) || statSync(files.stdout).size === 0)
    await new Promise((done) => setTimeout(done, 5));
  stop.abort();
  await t.rejects(running, new Interrupted());
  t.equal((await guest.read('echo still here', signal)).toString(), 'still here\n');
  t.equal(getEventListeners(stop.signal, 'abort').length, 0);
});

t.test('output that cannot be written ends the command, not the process', async (t) => {
  const { guest, dir } = await connected(t);
  const files = { stdout: path.join(dir, 'absent/x.out'), stderr: path.join(dir, 'x.err') };
  await t.rejects(guest.run('echo out', files, signal), { code: 'ENOENT' });
});
