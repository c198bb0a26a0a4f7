import { createWriteStream, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { Client, ClientChannel } from 'ssh2';
import { untilAborted } from '../common/deadline.js';
import { HarnessError } from '../common/errors.js';

export type CommandFiles = { stdout: string; stderr: string };
export type CommandEnd = { exitCode?: number; signal?: string; ms: number; truncated: boolean };
type MemoryEnd = CommandEnd & { stdout: Buffer; stderr: Buffer };

/** A guest may print without end: of each stream this much is kept, the rest is read and dropped. */
export const maxOutputBytes = 64 * 2 ** 20;
const maxMemoryBytes = 8 * 2 ** 20;

/** dropbear 2022.83 refuses command lines above 9000 bytes (MAX_CMD_LEN in src/sysoptions.h). */
const maxCommandBytes = 8192;
/** Where a longer script lies in the guest while it runs. */
const scriptFile = '/run/p2plab-command-$$.sh';
const runsStdin = `f=${scriptFile}; cat >$f; sh $f </dev/null; e=$?; rm -f $f; exit $e`;

type Options<F> = { files: F; ended: Promise<never>; signal: AbortSignal };

/**
 * Runs a shell script in the guest, with an empty stdin. It is the command line itself: to read it from a file takes
 * three more programs, of 10 ms and more each in an emulated guest. A long one travels on stdin into a file.
 * @throws what `ended` rejects with, or Interrupted; the guest's process is then left to the VM's end
 */
export async function runCommand(
  client: Client,
  script: string,
  o: Options<CommandFiles>,
): Promise<CommandEnd>;
export async function runCommand(client: Client, script: string, o: Options<'memory'>): Promise<MemoryEnd>;
export async function runCommand(
  client: Client,
  script: string,
  { files, ended, signal }: Options<CommandFiles | 'memory'>,
): Promise<CommandEnd | MemoryEnd> {
  const startedAt = performance.now();
  const orStopped = <T>(work: Promise<T>) => untilAborted(Promise.race([ended, work]), signal);
  const isLong = Buffer.byteLength(script) > maxCommandBytes;
  const command = isLong ? runsStdin : `exec </dev/null\n${script}`;
  const { channel, exit } = await orStopped(openChannel(client, command));
  const sinks =
    files === 'memory' ? [memorySink(), memorySink()] : [fileSink(files.stdout), fileSink(files.stderr)];
  channel.on('data', (data: Buffer) => sinks[0]!.write(data));
  channel.stderr.on('data', (data: Buffer) => sinks[1]!.write(data));
  channel.end(isLong ? script : undefined);
  try {
    const end = await orStopped(exit);
    const truncated = sinks.some((sink) => sink.truncated());
    const result = { ...end, ms: performance.now() - startedAt, truncated };
    return files === 'memory'
      ? { ...result, stdout: sinks[0]!.content(), stderr: sinks[1]!.content() }
      : result;
  } finally {
    channel.close(); // of a command that is left to itself no more output is wanted
    await Promise.all(sinks.map((sink) => sink.close()));
  }
}

type Opened = { channel: ClientChannel; exit: ReturnType<typeof exitOf> };

/** The exit of a short command is listened for at once: it may be in the same packet as the answer to the request. */
const openChannel = (client: Client, command: string): Promise<Opened> =>
  new Promise((resolve, reject) => {
    const fail = (cause: unknown) => setTimeout(() => reject(cutOff(cause)), cutOffMs).unref();
    try {
      client.exec(command, (error, channel) => {
        if (error) return void fail(error);
        const exit = exitOf(channel);
        exit.catch(() => {}); // told where it is waited for
        resolve({ channel, exit });
      });
    } catch (error) {
      fail(error); // not connected any more: `ended` is about to tell why
    }
  });

/**
 * The exit status comes before the channel closes; output may follow it, so the close is waited for. A channel that
 * closes without one was cut off: `ended` is about to tell why.
 */
const exitOf = (channel: ClientChannel): Promise<{ exitCode?: number; signal?: string }> =>
  new Promise((resolve, reject) => {
    let end: { exitCode?: number; signal?: string } | undefined;
    channel.on('exit', (code: number | null, signal?: string) => {
      end = code === null ? { signal: signal ?? 'unknown' } : { exitCode: code };
    });
    channel.on('close', () => {
      if (end) resolve(end);
      else setTimeout(() => reject(cutOff()), cutOffMs).unref();
    });
  });

/** Longer than what tells a panic or a lost connection takes. */
const cutOffMs = 3_000;

const cutOff = (cause?: unknown) =>
  new HarnessError('harness', 'a command in the guest was cut off without an exit status', {
    remedy: 'read the end of the console log: sshd may have been killed there',
    cause,
  });

type Sink = { write(data: Buffer): void; truncated(): boolean; content(): Buffer; close(): Promise<void> };

function limitedSink(limit: number, keep: (data: Buffer) => void): Pick<Sink, 'write' | 'truncated'> {
  let bytes = 0;
  return {
    write: (data) => {
      const room = Math.max(0, limit - bytes);
      bytes += data.length;
      if (room > 0) keep(data.subarray(0, room));
    },
    truncated: () => bytes > limit,
  };
}

function memorySink(): Sink {
  const chunks: Buffer[] = [];
  const sink = limitedSink(maxMemoryBytes, (data) => chunks.push(data));
  return { ...sink, content: () => Buffer.concat(chunks), close: async () => {} };
}

function fileSink(file: string): Sink {
  const stream: WriteStream = createWriteStream(file, { mode: 0o644 });
  const written = finished(stream);
  written.catch(() => {}); // told by close()
  const sink = limitedSink(maxOutputBytes, (data) => !stream.writableEnded && stream.write(data));
  const close = async () => {
    stream.end();
    await written;
  };
  return { ...sink, content: () => Buffer.alloc(0), close };
}
