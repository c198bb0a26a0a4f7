import { execa } from 'execa';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Client, ClientChannel } from 'ssh2';
import { untilAborted } from '../common/deadline.js';
import { HarnessError } from '../common/errors.js';

export type Sending = { machine: string; from: string; to: string };
type Options = { ended: Promise<never>; signal: AbortSignal };

/** What the guest says to an archive that it cannot take is short. */
const maxWordsBytes = 4096;

/**
 * Copies a file, or all that is in a folder, into a folder of the guest, with modes and symbolic links as they are:
 * a tar archive on the standard input of a command.
 * @throws HarnessError(harness) when the guest does not take it; what `ended` rejects with, or Interrupted
 */
export async function sendFiles(client: Client, { machine, from, to }: Sending, o: Options): Promise<void> {
  const isFolder = (await stat(from)).isDirectory();
  const [folder, name] = isFolder ? [from, '.'] : [path.dirname(from), path.basename(from)];
  const argv = ['-C', folder, '-c', '--owner=0', '--group=0', name];
  const orStopped = <T>(work: Promise<T>) => untilAborted(Promise.race([o.ended, work]), o.signal);
  const channel = await orStopped(openChannel(client, `mkdir -p '${to}' && tar -x -C '${to}'`));
  const tar = execa('tar', argv, {
    stdin: 'ignore',
    buffer: { stdout: false },
    reject: false,
    encoding: 'buffer',
    cancelSignal: o.signal,
  });
  try {
    const answer = wordsOf(channel);
    await orStopped(pipeline(tar.stdout, channel)).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error)) throw error; // else the guest closed it, and says why
    });
    const [{ exitCode: sent, stderr }, taken] = await orStopped(Promise.all([tar, answer]));
    if (sent === 0 && taken.exitCode === 0) return;
    const why =
      taken.words || Buffer.from(stderr).toString().trim() || `tar ended with ${sent ?? 'a signal'}`;
    throw new HarnessError('harness', `${from} could not be copied to ${to} of ${machine}: ${why}`, {
      remedy: 'see whether all of it can be read, and whether it fits into the memory of the guest',
    });
  } finally {
    tar.kill();
    channel.close();
  }
}

const openChannel = (client: Client, command: string): Promise<ClientChannel> =>
  new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => (error ? reject(error) : resolve(channel)));
  });

function wordsOf(channel: ClientChannel): Promise<{ exitCode?: number; words: string }> {
  let words = '';
  let exitCode: number | undefined;
  channel.stderr.on(
    'data',
    (data: Buffer) => void (words = (words + data.toString()).slice(0, maxWordsBytes)),
  );
  channel.on('data', () => {});
  channel.on('exit', (code: number | null) => void (exitCode = code ?? undefined));
  return new Promise((resolve) => channel.on('close', () => resolve({ exitCode, words: words.trim() })));
}
