import { spawn, type ChildProcess } from 'node:child_process';
import type { AddressInfo, Socket } from 'node:net';
import ssh2, { type Connection, type ServerChannel } from 'ssh2';
import type { GuestAddress } from './connect-guest.js';
import { makeRunKeys, type RunKeys } from './run-keys.js';
import { makeKeyPair } from './run-keys.js';

/** An SSH server on 127.0.0.1 that runs commands with the shell of this host, in `dir`. */
export type SshServer = AsyncDisposable & {
  keys: RunKeys;
  address: GuestAddress;
  /** What clients did, in order: `handshake`, and the method of each login. */
  seen: string[];
  /** Ends every connection without a word, as a guest does that is gone. */
  cut(): void;
};

export const never = new Promise<never>(() => {});

/** A command of which answer, output and exit status go into one packet. */
export const endsAtOnce = 'ends at once';

const socketOf = (client: Connection): Socket => (client as unknown as { _sock: Socket })._sock;

function end(channel: ServerChannel, output: string): void {
  channel.write(output);
  channel.exit(0);
  channel.end();
}

export async function sshServer(dir: string, over: Partial<GuestAddress> = {}): Promise<SshServer> {
  const host = makeKeyPair();
  const parsed = ssh2.utils.parseKey(host.private);
  if (parsed instanceof Error) throw parsed;
  const keys = { ...makeRunKeys(), hostPublic: [parsed].flat()[0]!.getPublicSSH() };
  const clients = new Set<Connection>();
  const children = new Set<ChildProcess>();
  const seen: string[] = [];
  const server = new ssh2.Server({ hostKeys: [host.private] }, (client) => {
    clients.add(client);
    client.on('error', () => {}).on('close', () => clients.delete(client));
    client.on('handshake', () => void seen.push('handshake'));
    client.on('authentication', (login) => {
      seen.push(login.method);
      if (login.method === 'publickey') login.accept();
      else login.reject();
    });
    client.on('session', (accept) => {
      accept().on('exec', (acceptExec, _reject, { command }) => {
        if (command.endsWith(endsAtOnce)) {
          const socket = socketOf(client);
          socket.cork();
          end(acceptExec(), 'at once\n');
          return void socket.uncork();
        }
        children.add(runShell(localised(command), dir, acceptExec()));
      });
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const cut = () => {
    for (const client of clients) socketOf(client).destroy();
  };
  return {
    keys,
    address: { machine: 'host', port, keys, connectMs: 60_000, died: never, ...over },
    seen,
    cut,
    [Symbol.asyncDispose]: async () => {
      cut();
      for (const { pid, exitCode } of children) if (pid && exitCode === null) killGroup(pid);
      await new Promise((done) => server.close(done));
    },
  };
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // it has just ended
  }
}

/** The script lies in `dir` and not in /run, which is root's. */
const localised = (command: string) => command.replace('/run/', './');

function runShell(command: string, cwd: string, channel: ServerChannel): ChildProcess {
  const child = spawn('sh', ['-c', command], { cwd, detached: true });
  channel.on('error', () => {});
  child.stdin.on('error', () => {});
  channel.pipe(child.stdin);
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  child.on('close', (code, signal) => {
    if (signal === null) channel.exit(code ?? 0);
    else channel.exit(signal.slice(3) as 'KILL', false, '');
    channel.end();
  });
  return child;
}
