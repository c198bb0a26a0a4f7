import { execa } from 'execa';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { HarnessError, Interrupted } from '../common/errors.js';

/** A message as git reads it: headers and body decoded, the diff apart. */
export type Mail = {
  /** With its `[PATCH v2 3/5]`. */
  subject: string;
  author: string;
  messageId?: string;
  /** What is before the diff, with what is below `---`. */
  text: string;
  /** The commit message: what is above `---`. */
  message: string;
  /** Empty of a message that is no patch. */
  diff: string;
  origin: string;
};

/**
 * Splits an mbox or a maildir, or takes files with one message each, by git's own mail tools, which decode
 * quoted-printable, base64 and charsets as git am does.
 * @throws HarnessError(scenario) for a file that is no mailbox, HarnessError(host) without git
 */
export async function readMails(source: string | readonly string[], signal: AbortSignal): Promise<Mail[]> {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'p2plab-series-'));
  try {
    if (typeof source !== 'string')
      return await Promise.all(source.map((file) => readMail(file, file, dir, signal)));
    const split = await git(['mailsplit', `-o${dir}`, '-b', source], signal);
    if (split.failed) throw noMailbox(source, split.stderr);
    const names = (await readdir(dir)).filter((name) => /^\d+$/.test(name)).sort();
    return await Promise.all(
      names.map((name, n) => readMail(path.join(dir, name), `message ${n + 1} of ${source}`, dir, signal)),
    );
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function readMail(file: string, origin: string, dir: string, signal: AbortSignal): Promise<Mail> {
  const raw = await readFile(file, 'utf8');
  const place = await mkdtemp(path.join(dir, 'mail-'));
  const [messageFile, diffFile] = [path.join(place, 'message'), path.join(place, 'diff')];
  const info = await git(['mailinfo', '-k', '--encoding=UTF-8', messageFile, diffFile], signal, raw);
  if (info.failed) throw noMailbox(origin, info.stderr);
  const header = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(info.stdout)?.[1];
  const [message, diff] = await Promise.all([readFile(messageFile, 'utf8'), readFile(diffFile, 'utf8')]);
  const start = diff.search(/^diff --git |^--- .*\n\+\+\+ |^Index: /m);
  return {
    subject: header('Subject') ?? '',
    author: `${header('Author') ?? 'unknown'} <${header('Email') ?? ''}>`,
    messageId: /^message-id:\s*<([^>]+)>/im.exec(headersOf(raw))?.[1],
    text: start < 0 ? message + diff : message + diff.slice(0, start),
    message,
    diff: start < 0 ? '' : diff.slice(start),
    origin,
  };
}

const headersOf = (raw: string): string => raw.slice(0, raw.search(/\r?\n\r?\n/) + 1 || undefined);

async function git(args: string[], signal: AbortSignal, input = '') {
  const options = { reject: false, cancelSignal: signal, input, env: { LC_ALL: 'C' } } as const;
  const ended = await execa('git', args, options);
  if (signal.aborted) throw new Interrupted();
  if (ended.code === 'ENOENT')
    throw new HarnessError('host', 'git cannot be run', { remedy: 'apt-get install git', cause: ended });
  return ended;
}

const noMailbox = (file: string, why: string) =>
  new HarnessError(
    'scenario',
    `${file} is no mailbox: ${why.trim().split('\n').at(-1) || 'git cannot read it'}`,
    {
      remedy: 'give an mbox as b4 am writes it, a maildir, or a folder of git format-patch files',
    },
  );
