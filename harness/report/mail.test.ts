import PostalMime from 'postal-mime';
import t from 'tap';
import { loaded, recorded, render } from './recorded.test.support.js';
import { failed, result, skipped } from './sample.test.support.js';

const base = await recorded('base');
const mutant = await recorded('mutant');
const parse = async (...args: Parameters<typeof render>) => PostalMime.parse(await render(...args));

t.test('headers of RFC 5322: who, when, which, and what it answers', async (t) => {
  const mail = await parse('mail', mutant, { against: base, inReplyTo: '<cover.1@example.org>' });
  t.same(mail.from, { name: 'A Developer', address: 'developer@example.org' });
  t.equal(mail.date, '2026-11-27T08:00:00.000Z');
  t.match(mail.messageId, /^<p2plab-[\w-]+@example\.org>$/);
  t.same([mail.inReplyTo, mail.references], ['<cover.1@example.org>', '<cover.1@example.org>']);
  t.equal(
    mail.subject,
    'Re: [p2plab] 4 new failures, 4 fail: p2pmem-6.12 (6.12.117) with leak-one-page-on-free.patch',
  );
});

t.test('without a user of git the sender is a placeholder', async (t) => {
  const { from } = await parse('mail', mutant, { from: undefined });
  t.same(from, { name: 'p2plab', address: 'p2plab@localhost' });
});

t.test('ASCII goes as it is, other text is quoted-printable', async (t) => {
  t.match(await render('mail', mutant), 'Content-Transfer-Encoding: 7bit\n');
  const arrow = loaded([result({ outcome: 'fail', reasons: ['nvme1 → shm0 is not as predicted'] })]);
  const text = await render('mail', arrow);
  t.match(text, 'Content-Transfer-Encoding: quoted-printable\n');
  t.match(text, 'Content-Type: text/plain; charset=utf-8\n');
  t.match((await PostalMime.parse(text)).text, 'nvme1 → shm0 is not as predicted');
});

t.test(
  'what changed comes first, then results, numbers, environment, traces, how to reproduce',
  async (t) => {
    const { text } = await parse('mail', mutant, { against: base });
    t.same(text!.match(/^.+(?=\n-+\n)/gm), [
      ...['What changed', 'Results', 'Numbers', 'Environment', 'Traces', 'How to reproduce'],
    ]);
  },
);

t.test('prose has at most 72 columns, tables 78', async (t) => {
  const { text } = await parse('mail', mutant, { against: base });
  const lines = text!.split('\n');
  const widest = (some: string[]) => Math.max(...some.map(({ length }) => length));
  const table = (line: string) =>
    /^(?:pass|fail|skip|broken) {2}| {2}x \d|^ {2}\w|^ {2,}(?:scenario|base)/.test(line);
  t.ok(widest(lines.filter((line) => !table(line))) <= 72);
  t.ok(widest(lines) <= 78);
});

t.test('results that changed alike are told together, with the reason once', async (t) => {
  const { text } = await parse('mail', mutant, { against: base });
  t.match(
    text,
    `New failures:
* nvme-copy-p2p [provider=nvme0]: pass -> fail
* nvme-copy-p2p [provider=shm0]: pass -> fail
* p2pmem-allocate [provider=nvme0]: pass -> fail
* p2pmem-allocate [provider=shm0]: pass -> fail
    kernel BUG in gen_pool_destroy (lib/genalloc.c:255) during step
    rebind-nvme0, console line 370
`,
  );
});

t.test('a trace is told once, symbolised, without registers and user space', async (t) => {
  const { text } = await parse('mail', mutant, { against: base });
  t.equal(text!.match(/RIP: 0010:gen_pool_destroy \(lib\/genalloc.c:255\)/g)?.length, 1);
  t.notMatch(text, /RAX|R15|RIP: 0033|Hardware name/);
});

t.test('a run by itself: reasons and figures', async (t) => {
  const { text, subject } = await parse('mail', loaded([result(), failed, skipped]));
  t.equal(subject, '[p2plab] 1 fail, 1 skip, 1 pass: p2pmem-6.12 (6.12.95-p2plab)');
  t.match(
    text,
    "* copy [provider=nvme0]\n    0 % of nvme1's data went through nvme0's BAR in step write: ram 8192\n    B\n",
  );
  t.match(text, '* nvmeof\n    kernel k is built without CONFIG_NVME_RDMA\n');
});

t.test('a large run has a short mail, also when all of it fails for many reasons', async (t) => {
  const reasons = Array.from({ length: 50 }, (_, n) => `reason ${n}`);
  const many = Array.from({ length: 800 }, (_, n) => result({ scenario: `s${n}`, variant: {} }));
  const bad = many.map((r) => ({ ...r, outcome: 'fail' as const, reasons }));
  const { text } = await parse('mail', loaded(many));
  t.ok(text!.split('\n').length < 120);
  t.match(text, 'The others are in run.json.');
  const told = (await parse('mail', loaded(bad), { against: loaded(many) })).text!;
  t.ok(told.split('\n').length < 160);
  t.match(told, '* s19: pass -> fail\n* and others: p2plab compare --format json\n    reason 0\n');
  t.match(told, '    reason 4\n    and more in run.json\n');
});
