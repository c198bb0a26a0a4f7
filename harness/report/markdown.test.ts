import t from 'tap';
import { fitted } from './markdown.js';
import { code, codeBlock, htmlText } from './markdown-text.js';
import { loaded, recorded, render } from './recorded.test.support.js';
import { failed, result } from './sample.test.support.js';

t.test('a code span has more backticks around it than in it, and no pipe', async (t) => {
  t.equal(code('nvme0'), '`nvme0`');
  t.equal(code('a ``b` c'), '```a ``b` c```');
  t.equal(code('`a'), '`` `a ``');
  t.equal(code('a|b'), '`a\\x7cb`');
  t.equal(code(' '), '');
});

t.test('no line ends a fenced block', async (t) => {
  t.equal(codeBlock(['a', '````', 'b']), '`````text\na\n````\nb\n`````');
});

t.test('text within HTML has no markup', async (t) => {
  t.equal(htmlText('a <b> & "c"'), 'a &#60;b&#62; &#38; &#34;c&#34;');
});

t.test('what did not pass comes with reasons, trace and command, folded', async (t) => {
  const text = await render('markdown', await recorded('mutant'));
  t.match(
    text,
    '<summary>fail: nvme-copy-p2p &#91;provider=nvme0&#93;</summary>\n\n```text\nkernel BUG in gen_pool',
  );
  t.match(
    text,
    'npx p2plab run nvme-copy-p2p --set provider=nvme0 --kernel p2pmem-6.12 --patch kernels/mutants/',
  );
});

t.test('a step summary of a run that is too large is whole blocks of less than 1 MiB', async (t) => {
  const reasons = [`${'x'.repeat(1000)} → y`];
  const many = Array.from({ length: 2000 }, (_, n) => result({ ...failed, scenario: `s${n}`, reasons }));
  const text = await render('github', loaded(many));
  t.ok(Buffer.byteLength(text) <= 2 ** 20);
  t.ok(Buffer.byteLength(text) > 2 ** 20 - 4096);
  t.match(text, /<\/details>\n\nThe rest did not fit; it is in run.json.\n$/);
  t.equal(text.match(/<details>/g)?.length, text.match(/<\/details>/g)?.length);
  t.match(text, '`s1999 [provider=nvme0]`', 'the table has every result');
});

t.test('what fits stays as it is', async (t) => {
  t.equal(fitted(['a', 'b'], 5), 'a\n\nb\n');
  t.equal(fitted(['ä', 'b'.repeat(60)], 50), 'ä\n\nThe rest did not fit; it is in run.json.\n');
});
