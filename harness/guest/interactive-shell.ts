import type { Client, ClientChannel } from 'ssh2';
import { untilAborted } from '../common/deadline.js';
import { HarnessError } from '../common/errors.js';

/** Where a person sits, or a pipe: with `isTTY` the guest gets a terminal of that size. */
export type Seat = {
  input: NodeJS.ReadableStream & { isTTY?: boolean; setRawMode?: (raw: boolean) => unknown };
  output: NodeJS.WritableStream & { columns?: number; rows?: number };
  errors: NodeJS.WritableStream;
  /** TERM */
  term: string;
};

type Options = { seat: Seat; ended: Promise<never>; signal: AbortSignal };

/**
 * Runs a command in the guest with the user's terminal: keys go there as they are, Ctrl-C, too, and so does a new size
 * of the window.
 * @returns its exit code; 255 when a signal ended it
 * @throws what `ended` rejects with, or Interrupted
 */
export async function interactiveShell(
  client: Client,
  command: string,
  { seat, ended, signal }: Options,
): Promise<number> {
  const { input, output, errors, term } = seat;
  const size = () => ({ rows: output.rows ?? 24, cols: output.columns ?? 80 });
  const orEnded = <T>(work: Promise<T>) => untilAborted(Promise.race([ended, work]), signal);
  const pty = input.isTTY ? { term, ...size(), width: 0, height: 0 } : undefined;
  const channel = await orEnded(openChannel(client, command, pty));
  const end = endOf(channel);
  const resized = () => channel.setWindow(size().rows, size().cols, 0, 0);
  if (pty) {
    input.setRawMode?.(true);
    output.on('resize', resized);
  }
  channel.pipe(output, { end: false });
  channel.stderr.pipe(errors, { end: false });
  input.pipe(channel);
  try {
    return await orEnded(end);
  } finally {
    input.unpipe(channel);
    input.pause();
    output.off('resize', resized);
    if (pty) input.setRawMode?.(false);
    channel.close();
  }
}

type Pty = { term: string; rows: number; cols: number; width: number; height: number };

const openChannel = (client: Client, command: string, pty: Pty | undefined): Promise<ClientChannel> =>
  new Promise((resolve, reject) => {
    client.exec(command, pty ? { pty } : {}, (error, channel) =>
      error ? reject(refused(error)) : resolve(channel),
    );
  });

const endOf = (channel: ClientChannel): Promise<number> =>
  new Promise((resolve) => {
    let exitCode = 255;
    channel.on('exit', (code: number | null) => (exitCode = code ?? 255));
    channel.on('close', () => resolve(exitCode));
  });

const refused = (cause: Error) =>
  new HarnessError('harness', `the guest gives no shell: ${cause.message}`, {
    remedy: 'read the end of its console log',
    cause,
  });
