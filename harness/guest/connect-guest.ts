import pRetry, { AbortError } from 'p-retry';
import type { Client } from 'ssh2';
import { withDeadline } from '../common/deadline.js';
import { HarnessError } from '../common/errors.js';
import { interactiveShell, type Seat } from './interactive-shell.js';
import { runCommand, type CommandEnd, type CommandFiles } from './run-command.js';
import type { RunKeys } from './run-keys.js';
import { sendFiles } from './send-files.js';

/** An SSH session with a guest that has proved who it is. */
export type Guest = AsyncDisposable & {
  machine: string;
  /** Runs a POSIX shell script as root and streams its output into files. */
  run(script: string, files: CommandFiles, signal: AbortSignal): Promise<CommandEnd>;
  /** Runs a short script that must succeed, and returns what it printed (at most 8 MiB). */
  read(script: string, signal: AbortSignal): Promise<Buffer>;
  /** Copies a file of the host, or all that is in a folder, into a folder of the guest. */
  send(from: string, to: string, signal: AbortSignal): Promise<void>;
  /** Runs a command with the user's own terminal. @returns its exit code */
  shell(command: string, seat: Seat, signal: AbortSignal): Promise<number>;
};

export type GuestAddress = {
  machine: string;
  port: number;
  keys: RunKeys;
  connectMs: number;
  died: Promise<never>;
};

/** Takes 0.1 s the first time: call it when there is nothing else to do than to wait for a guest. */
export const loadSsh = async () => (await import('ssh2')).default;

/** Keeps a session alive that says nothing for long, and notices within 15 s when the guest no longer answers. */
const keepAlive = { keepaliveInterval: 5_000, keepaliveCountMax: 3 };

/**
 * Logs in as root on 127.0.0.1:port. The server must show the run's host key.
 * @throws HarnessError(harness) when the host key is another's; when sshd does not answer in time: its ready line came before
 */
export async function connectGuest(address: GuestAddress, signal: AbortSignal): Promise<Guest> {
  const { machine, port, connectMs, died } = address;
  const connecting = { phase: `SSH connection to ${machine}`, ms: connectMs, blame: 'harness' as const };
  const client = await withDeadline(connecting, signal, (s) => {
    const attempt = () =>
      connectOnce(address, s).catch((error: unknown) => {
        throw error instanceof HarnessError ? new AbortError(error) : error;
      });
    return Promise.race([pRetry(attempt, { retries: Infinity, factor: 1, minTimeout: 50, signal: s }), died]);
  });
  const lost = connectionLost(client, machine, port);
  const ended = Promise.race([died, lost]);
  ended.catch(() => {});
  return {
    machine,
    run: (script, files, s) => runCommand(client, script, { files, ended, signal: s }),
    read: (script, s) => readOutput(client, script, { machine, ended, signal: s }),
    send: (from, to, s) => sendFiles(client, { machine, from, to }, { ended, signal: s }),
    shell: (command, seat, s) => interactiveShell(client, command, { seat, ended, signal: s }),
    [Symbol.asyncDispose]: async () => void client.end(),
  };
}

async function connectOnce({ machine, port, keys }: GuestAddress, signal: AbortSignal): Promise<Client> {
  const { Client } = await loadSsh();
  const client = new Client();
  let wrongKey = false;
  const giveUp = () => client.destroy();
  signal.addEventListener('abort', giveUp);
  return new Promise<Client>((resolve, reject) => {
    // small packets follow one another, from the handshake on: each would wait 40 ms for the answer to the one before
    client.once('connect', () => client.setNoDelay(true));
    client.once('ready', () => resolve(client));
    client.once('error', (error) => reject(wrongKey ? wrongHostKey(machine, port) : error));
    client.once('close', () => reject(new Error('connection closed')));
    client.connect({
      host: '127.0.0.1',
      port,
      username: 'root',
      privateKey: keys.clientPrivate,
      authHandler: ['publickey'], // without one first, as is usual, costs an emulated guest 15 ms
      hostVerifier: (shown: Buffer) => !(wrongKey = !shown.equals(keys.hostPublic)),
      algorithms: { serverHostKey: ['ssh-ed25519'] },
      readyTimeout: 20_000,
      ...keepAlive,
    });
  })
    .catch((error: unknown) => {
      client.destroy();
      throw error;
    })
    .finally(() => signal.removeEventListener('abort', giveUp));
}

/**
 * A panic or QEMU's end closes the connection too, and is the better explanation: it gets this long to be noticed
 * before the lost connection counts as the reason.
 */
const explainMs = 1_500;

/** Ends every running command with the same sentence once the connection is gone. */
function connectionLost(client: Client, machine: string, port: number): Promise<never> {
  const lost = new Promise<never>((_, reject) => {
    const gone = (why: string) => setTimeout(() => reject(noAnswer(machine, port, why)), explainMs).unref();
    client.on('error', (error) => gone(error.message)).on('close', () => gone('connection closed'));
  });
  lost.catch(() => {});
  return lost;
}

const noAnswer = (machine: string, port: number, why: string) =>
  new HarnessError('harness', `the guest ${machine} no longer answers SSH on 127.0.0.1:${port}: ${why}`, {
    remedy: 'read the end of its console log: nothing there points at the guest network or sshd',
  });

type ReadContext = { machine: string; ended: Promise<never>; signal: AbortSignal };

async function readOutput(
  client: Client,
  script: string,
  { machine, ended, signal }: ReadContext,
): Promise<Buffer> {
  const end = await runCommand(client, script, { files: 'memory', ended, signal });
  if (end.exitCode === 0) return end.stdout;
  const how = end.exitCode === undefined ? `signal ${end.signal}` : `exit ${end.exitCode}`;
  throw new HarnessError(
    'harness',
    `reading from ${machine} failed (${how}): ${end.stderr.toString().trim()}`,
    {
      remedy: "this script is p2plab's own: report it with the run folder",
    },
  );
}

const wrongHostKey = (machine: string, port: number) =>
  new HarnessError('harness', `127.0.0.1:${port} shows another host key than this run gave ${machine}`, {
    remedy: 'another SSH server answers on that port: look at what listens there',
  });
