import { compareRuns } from './compare-runs.js';
import type { ReportFormat, ReportOptions } from './formats.js';
import { inertLine } from './inert-text.js';
import type { LoadedRun } from './load-run.js';
import { mailBody } from './mail-body.js';
import { shortened } from './plain-table.js';
import { countsText, kernelText } from './run-facts.js';

/** Whoever sends it puts in who that is. */
const placeholder = { name: 'p2plab', address: 'p2plab@localhost' };
const maxSubject = 120;

/** A mail (RFC 5322): written, never sent. */
export const mailFormat: ReportFormat = {
  file: 'report.eml',
  summary: 'a plain text mail, with --against what changed first',
  render: async (loaded, options) => {
    const { id, harness } = loaded.run;
    const subject = subjectOf(loaded, options);
    const text = await mailBody(loaded, options);
    return composeMail({ subject, text, id, version: harness.version }, options);
  },
};

/** What a mail is made of, beside who writes it and when: its subject, text, and what it reports on. */
export type MailParts = { subject: string; text: string; id: string; version: string };

/** As RFC 5322 has it; guest text in the parts must be inert. The same report written again is another mail. */
export async function composeMail(
  { subject, text, id, version }: MailParts,
  { now, from = placeholder, inReplyTo }: Pick<ReportOptions, 'now' | 'from' | 'inReplyTo'>,
): Promise<string> {
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer'); // read for this alone: it is large
  const mail = new MailComposer({
    from: { name: inertLine(from.name), address: from.address },
    subject: shortened(`${inReplyTo ? 'Re: ' : ''}[p2plab] ${subject}`, maxSubject),
    date: now,
    messageId: messageId(id, from.address, now),
    inReplyTo,
    references: inReplyTo,
    text,
    newline: 'unix', // as mail is kept in files; who sends it makes them CRLF
    headers: { 'X-Mailer': `p2plab ${inertLine(version)}` },
  });
  return (await mail.compile().build()).toString('utf8');
}

function subjectOf(loaded: LoadedRun, { against }: ReportOptions): string {
  const { run } = loaded;
  const kernels = run.kernels.map(kernelText).join(' and ');
  const changed = against && compareRuns(against, loaded).results;
  const news = (changed ?? []).filter(({ change }) => change === 'new').length;
  const told = changed ? `${news} new failure${news === 1 ? '' : 's'}, ` : '';
  return `${told}${countsText(run)}: ${kernels}`;
}

const messageId = (id: string, address: string, now: Date) =>
  `<p2plab-${id.replaceAll(/[^\w-]/g, '-')}-${now.getTime().toString(36)}@${address.split('@').at(-1)}>`;
