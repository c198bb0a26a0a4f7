import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { HarnessError } from '../common/errors.js';
import { orderPatches } from './order-patches.js';
import type { PatchSeries, SeriesForm } from './patch-series.js';
import { readMails } from './read-mail.js';

/**
 * Reads a patch series from an mbox, a maildir, a folder of patches, or a quilt series (a folder with a `series` file,
 * or that file).
 * @throws HarnessError(scenario) when it is none of these, or not whole
 */
export async function readSeries(origin: string, signal: AbortSignal): Promise<PatchSeries> {
  const found = await stat(origin).catch(() => undefined);
  if (!found) throw unknownForm(origin, 'there is no such file or folder');
  if (found.isFile() && path.basename(origin) === 'series') return readQuilt(path.dirname(origin), signal);
  if (found.isFile()) return readMbox(origin, signal);
  const names = await readdir(origin);
  if (names.includes('series')) return readQuilt(origin, signal);
  if (names.includes('cur') && names.includes('new')) return fromMails('maildir', origin, origin, signal);
  const patches = names.filter((name) => /\.(?:patch|diff|eml)$/.test(name)).sort();
  if (patches.length === 0)
    throw unknownForm(origin, 'it has no .patch files, no series file, and is no maildir');
  const files = patches.map((name) => path.join(origin, name));
  return fromMails('folder', origin, files, signal);
}

async function fromMails(
  form: SeriesForm,
  origin: string,
  source: string | string[],
  signal: AbortSignal,
): Promise<PatchSeries> {
  return { form, origin, ...orderPatches(await readMails(source, signal), origin) };
}

/** b4 am writes the cover letter of NAME.mbx to NAME.cover. */
async function readMbox(origin: string, signal: AbortSignal): Promise<PatchSeries> {
  const mails = await readMails(origin, signal);
  const file = origin.replace(/\.mbx$/, '.cover');
  const covered = file !== origin && (await stat(file).catch(() => undefined))?.isFile();
  const cover = covered ? await readMails([file], signal) : [];
  return { form: 'mbox', origin, ...orderPatches([...cover, ...mails], origin) };
}

/** Its order is that of the series file; patches need no mail headers there, and may have another depth (-p0). */
async function readQuilt(dir: string, signal: AbortSignal): Promise<PatchSeries> {
  const listed = (await readFile(path.join(dir, 'series'), 'utf8'))
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*/, '').trim())
    .filter(Boolean);
  const deep = listed.find((line) => /\s-p(?!1\b)/.test(line));
  if (deep !== undefined) throw unknownForm(dir, `${deep}: only patches with -p1 can be read`);
  const names = listed.map((line) => line.split(/\s+/)[0]!);
  const files = names.map((name) => path.join(dir, name));
  const mails = await readMails(files, signal);
  const patches = mails.filter(({ diff }) => diff !== '');
  const { baseCommit, prerequisites, messageId } = orderPatches(
    patches.map((mail) => ({ ...mail, subject: bare(mail.subject) })),
    dir,
  );
  return {
    form: 'quilt',
    origin: dir,
    title: dir,
    version: 1,
    ...{ messageId, baseCommit, prerequisites },
    patches: patches.map(({ subject, author, message, diff, origin }) => {
      return {
        subject: bare(subject) || path.basename(origin),
        author,
        message: message.trim(),
        diff,
        origin,
      };
    }),
  };
}

const bare = (subject: string): string => subject.replace(/^(?:\[[^\]]*\]\s*)+/, '').trim();

const unknownForm = (origin: string, why: string) =>
  new HarnessError('scenario', `${origin} is no patch series: ${why}`, {
    remedy:
      'give an mbox, a maildir, a folder of git format-patch files, a quilt series, or --tree DIR base..head',
  });
