import { execa } from 'execa';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { HarnessError, Interrupted } from '../common/errors.js';
import type { PatchSeries } from './patch-series.js';
import { readSeries } from './read-series.js';

/** `<20261126.1234-1-dev@example.org>`, without the brackets too, or the address of such a message on lore. */
export const isMessageId = (origin: string): boolean =>
  /^<?[^\s/<>@]+@[^\s/<>@]+>?$/.test(origin) || /^https?:\/\/\S+\/\S+@\S+$/.test(origin);

/**
 * Has b4 fetch the newest version of a series from the lists' archive, with the trailers that it got since.
 * @throws HarnessError(host) without b4, or when it finds nothing
 */
export async function fetchSeries(messageId: string, signal: AbortSignal): Promise<PatchSeries> {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'p2plab-b4-'));
  try {
    return { ...(await readSeries(await fetchMbox(messageId, dir, signal), signal)), origin: messageId };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function fetchMbox(messageId: string, dir: string, signal: AbortSignal): Promise<string> {
  const argv = ['am', '-o', dir, messageId.replace(/^<|>$/g, '')];
  const ended = await execa('b4', argv, { reject: false, cancelSignal: signal, stdin: 'ignore', all: true });
  if (signal.aborted) throw new Interrupted();
  const byHand = `b4 am ${argv.at(-1)}`;
  if (ended.code === 'ENOENT')
    throw new HarnessError('host', `fetching ${messageId} needs b4`, {
      remedy: `apt-get install b4, or elsewhere: ${byHand}, and give the .mbx`,
    });
  const mbox = (await readdir(dir)).find((name) => name.endsWith('.mbx'));
  if (!ended.failed && mbox !== undefined) return path.join(dir, mbox);
  const why = ended.all.trim().split('\n').at(-1) ?? '';
  throw new HarnessError('host', `b4 did not fetch ${messageId}: ${why}`, { remedy: `try: ${byHand}` });
}
