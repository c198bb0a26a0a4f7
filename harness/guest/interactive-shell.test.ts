import { PassThrough } from 'node:stream';
import t from 'tap';
import { connectGuest } from './connect-guest.js';
import type { Seat } from './interactive-shell.js';
import { sshServer } from './ssh-server.test.support.js';

t.setTimeout(180_000); // on a loaded host every process takes its time

const { signal } = new AbortController();

t.test(
  'lines from a pipe go to the shell, its words come back, and its exit code is the result',
  async (t) => {
    await using server = await sshServer(t.testdir());
    await using guest = await connectGuest(server.address, signal);
    const [input, output, errors] = [new PassThrough(), new PassThrough(), new PassThrough()];
    const seat: Seat = { input, output, errors, term: 'dumb' };
    input.end('echo "hello $WHO"; echo trouble >&2; exit 42\n');
    t.equal(await guest.shell('WHO=you; export WHO; exec sh', seat, signal), 42);
    t.equal(String(output.read()), 'hello you\n');
    t.equal(String(errors.read()), 'trouble\n');
  },
);

t.test('a shell that a signal ends', async (t) => {
  await using server = await sshServer(t.testdir());
  await using guest = await connectGuest(server.address, signal);
  const seat = {
    input: new PassThrough(),
    output: new PassThrough(),
    errors: new PassThrough(),
    term: 'dumb',
  };
  t.equal(await guest.shell('kill -KILL $$', seat, signal), 255);
});
