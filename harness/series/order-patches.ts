import { HarnessError } from '../common/errors.js';
import type { PatchSeries, SeriesPatch } from './patch-series.js';
import type { Mail } from './read-mail.js';

type Numbered = { mail: Mail; version: number; number?: number; of?: number };
type Ordered = Omit<PatchSeries, 'form' | 'origin'>;

/**
 * Mails to a series: the newest version of them, in the order of their numbers, without cover letter, replies and
 * trailers. Pure.
 * @throws HarnessError(scenario) when a number is missing or there twice, or when there is no patch at all
 */
export function orderPatches(mails: readonly Mail[], origin: string): Ordered {
  const all = mails.map(numbered);
  const version = Math.max(1, ...all.map((m) => m.version));
  const newest = all.filter((m) => m.version === version && !/^re:/i.test(m.mail.subject));
  const cover = newest.find(({ number, mail }) => number === 0 && mail.diff === '');
  const patches = newest.filter(({ mail }) => mail.diff !== '');
  const first = patches[0];
  if (!first) throw noPatches(origin, mails.length);
  const of = Math.max(...patches.map((p) => p.of ?? 0));
  const ordered =
    of > 0 && patches.every((p) => p.number !== undefined) ? inOrder(patches, of, origin) : patches;
  const head = cover?.mail ?? ordered[0]!.mail;
  const texts = [...(cover ? [cover.mail.text] : []), ...ordered.map(({ mail }) => mail.text + mail.diff)];
  return {
    title: cover ? bare(cover.mail.subject) : ordered.length === 1 ? bare(head.subject) : origin,
    version,
    messageId: head.messageId,
    baseCommit: firstMatch(texts, /^base-commit: ([0-9a-f]{7,64})$/m),
    prerequisites: texts.flatMap((text) =>
      [...text.matchAll(/^prerequisite-patch-id: ([0-9a-f]{40})$/gm)].map((m) => m[1]!),
    ),
    patches: ordered.map(({ mail }) => patchOf(mail)),
  };
}

/** `[RFC PATCH v2 3/5]` */
function numbered(mail: Mail): Numbered {
  const [tag = ''] = /^(?:re:\s*)?(?:\[[^\]]*\]\s*)+/i.exec(mail.subject) ?? [];
  const [, number, of] = /\b0*(\d+)\/0*(\d+)\b/.exec(tag) ?? [];
  const [, version] = /\bv(\d+)\b/i.exec(tag) ?? [];
  return {
    mail,
    version: version === undefined ? 1 : Number(version),
    ...(number !== undefined && { number: Number(number), of: Number(of) }),
  };
}

const bare = (subject: string): string => subject.replace(/^(?:\[[^\]]*\]\s*)+/, '').trim();

const patchOf = ({ subject, author, message, diff, origin }: Mail): SeriesPatch => {
  return { subject: bare(subject), author, message: message.trim(), diff, origin };
};

function inOrder(patches: readonly Numbered[], of: number, origin: string): Numbered[] {
  return Array.from({ length: of }, (_, index) => {
    const there = patches.filter(({ number }) => number === index + 1);
    if (there.length === 1) return there[0]!;
    const what =
      there.length === 0
        ? `has ${patches.length} of ${of} patches: ${index + 1}/${of} is missing`
        : `has ${index + 1}/${of} ${there.length} times: ${there.map(({ mail }) => mail.origin).join(', ')}`;
    throw new HarnessError('scenario', `${origin} ${what}`, {
      remedy: 'fetch the whole series (b4 am MESSAGE-ID), and one version of it',
    });
  });
}

const firstMatch = (texts: readonly string[], pattern: RegExp): string | undefined =>
  texts.map((text) => pattern.exec(text)?.[1]).find((found) => found !== undefined);

const noPatches = (origin: string, messages: number) =>
  new HarnessError('scenario', `${origin} has no patches, in ${messages} messages`, {
    remedy: 'give an mbox, a maildir, a folder of git format-patch files, a quilt series or a git range',
  });
