import fc from 'fast-check';
import { marked } from 'marked';
import PostalMime from 'postal-mime';
import t from 'tap';
import { leavesOf, readKtap } from '../workload/read-ktap.js';
import { formatNames } from './format-names.js';
import { changed, hostileResult, hostileText, liveCharacter } from './hostile.test.support.js';
import { loaded, render } from './recorded.test.support.js';
import type { Result } from './run-document.js';
import { header, result } from './sample.test.support.js';

const results = fc.array(hostileResult, { minLength: 1, maxLength: 3 });
/** The kernel of the run is hostile as well, as are its patches. */
const runOf = (list: Result[], text = 'k') => {
  const series = [{ name: '--patch', patches: [text], linesAdded: 1 }];
  return loaded(list, { kernels: [{ ...header.kernels[0]!, name: text, release: text, series }] });
};
const inputs = fc.tuple(results, hostileText);
const numRuns = 60;

t.test('no format has a character that a terminal obeys', async () => {
  await fc.assert(
    fc.asyncProperty(inputs, fc.constantFrom(...formatNames), async ([list, text], name) => {
      const against = runOf(list.map(changed), `${text}x`);
      const report = await render(name, runOf(list, text), { against });
      return !liveCharacter.test(report);
    }),
    { numRuns: 200 },
  );
});

t.test('a mail has its own headers and no others, and lines of at most 78 columns', async (t) => {
  await fc.assert(
    fc.asyncProperty(inputs, async ([list, text]) => {
      const against = runOf(list.map(changed), `${text}x`);
      const from = { name: text, address: 'a@example.org' };
      const inReplyTo = '<1@example.org>';
      const mail = await PostalMime.parse(
        await render('mail', runOf(list, text), { against, from, inReplyTo }),
      );
      t.same(mail.headers.map(({ key }) => key).sort(), [
        ...['content-transfer-encoding', 'content-type', 'date', 'from', 'in-reply-to', 'message-id'],
        ...['mime-version', 'references', 'subject', 'x-mailer'],
      ]);
      t.same([mail.attachments, mail.html, mail.from?.address], [[], undefined, 'a@example.org']);
      // a part of a command cannot be cut
      const [prose] = mail.text!.split('\nHow to reproduce\n');
      t.same(
        prose!.split('\n').filter((line) => [...line].length > 78),
        [],
      );
    }),
    { numRuns },
  );
});

t.test('nothing in Markdown is markup but what p2plab wrote, and each result has one row', async (t) => {
  await fc.assert(
    fc.asyncProperty(inputs, async ([list, text]) => {
      const against = runOf(list.map(changed), `${text}x`);
      const tokens: string[] = [];
      let rows = 0;
      marked.walkTokens(marked.lexer(await render('markdown', runOf(list, text), { against })), (token) => {
        if (
          token.type === 'table' &&
          token.header.some((cell: { text: string }) => cell.text === 'data went')
        )
          rows += token.rows.length;
        if (token.type === 'html')
          tokens.push(token.raw.replaceAll(/<summary>[\w .:=,&#;-]*<\/summary>/g, '').trim());
        if (token.type === 'heading') tokens.push(token.text.replaceAll(/`.*/gs, '').replace(/: \d.*/, ''));
        if (['link', 'image', 'del', 'blockquote', 'hr'].includes(token.type)) tokens.push(token.type);
      });
      const own = ['<details>', '</details>', 'p2plab', 'Against', 'Environment', ''];
      t.same(
        [...new Set(tokens.map((token) => token.trim()))].filter((token) => !own.includes(token)),
        [],
      );
      return rows === list.length;
    }),
    { numRuns },
  );
});

t.test('KTAP can be read back: as many results and checks as there were, with their outcomes', async (t) => {
  await fc.assert(
    fc.asyncProperty(results, async (list) => {
      const read = readKtap(await render('ktap', runOf(list)));
      t.same(
        read.map(({ outcome, subtests }) => [outcome, subtests.length]),
        list.map(({ outcome }) => [outcome === 'broken' ? 'fail' : outcome, 2]),
      );
      t.equal(leavesOf(read).length, 2 * list.length);
    }),
    { numRuns },
  );
});

t.test('TAP has a test point for each result and no other', async (t) => {
  await fc.assert(
    fc.asyncProperty(results, async (list) => {
      const points = (await render('tap', runOf(list))).match(/^(?:not )?ok \d+/gm);
      const want = list.map(
        ({ outcome }, n) => `${['pass', 'skip'].includes(outcome) ? '' : 'not '}ok ${n + 1}`,
      );
      t.same(points, want);
    }),
    { numRuns },
  );
});

t.test('text for diff has as many lines as it has with harmless text', async (t) => {
  await fc.assert(
    fc.asyncProperty(hostileResult, async (one) => {
      const harmless: Result = {
        ...JSON.parse(JSON.stringify(one, (_, value: unknown) => (typeof value === 'string' ? 'x' : value))),
        outcome: one.outcome,
      };
      const count = async (r: Result) => (await render('normalised', loaded([r]))).split('\n').length;
      t.equal(await count(one), await count(harmless));
    }),
    { numRuns },
  );
});

t.test('a check of b4 is one, with one line of summary', async (t) => {
  await fc.assert(
    fc.asyncProperty(inputs, async ([list, text]) => {
      const checks = JSON.parse(await render('b4', runOf(list, text)));
      t.same(Object.keys(checks[0]), ['tool', 'status', 'summary', 'details']);
      return checks.length === 1 && !/\n/.test(checks[0].summary) && !liveCharacter.test(checks[0].details);
    }),
    { numRuns },
  );
});

t.test('a command to paste is one command', async (t) => {
  const hostile = result({ outcome: 'fail', scenario: "a'; reboot #", variant: { k: '$(reboot)' } });
  const { text } = await PostalMime.parse(await render('mail', loaded([hostile])));
  t.match(text, `  $ npx p2plab run 'a'\\''; reboot #' --set 'k=$(reboot)' \\\n      --kernel p2pmem-6.12\n`);
});
