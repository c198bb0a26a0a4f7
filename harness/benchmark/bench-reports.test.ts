import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseHTML } from 'linkedom';
import PostalMime from 'postal-mime';
import t from 'tap';
import { formatDuration } from '../common/size.js';
import { packageRoot } from '../common/paths.js';
import { fakeLab, newBench } from './bench.test.support.js';
import { loadBench, type BenchDocument } from './bench-document.js';
import { benchFormats } from './bench-formats.js';
import { benchText } from './bench-text.js';
import { compared, runBench } from './run-bench.js';

const testdata = path.join(packageRoot, 'harness/benchmark/testdata');
/** A real one: the kernel with a patch of kernels/power against the one without. */
const recorded = (await loadBench(testdata))!;

const options = {
  now: new Date('2026-11-27T08:00:00.000Z'),
  from: { name: 'A Developer', address: 'developer@example.org' },
};
const render = async (name: 'mail' | 'markdown' | 'html', document = recorded) =>
  benchFormats[name](document, options);

for (const [name, file] of [
  ['mail', 'bench.eml'],
  ['markdown', 'bench.md.golden'],
  ['html', 'bench.html.golden'],
] as const)
  t.test(`the ${name} of a real bench is as kept`, async (t) => {
    const golden = path.join(testdata, file);
    const text = await render(name);
    if (process.env.P2PLAB_UPDATE_GOLDEN) writeFileSync(golden, text);
    t.equal(text, readFileSync(golden, 'utf8'));
  });

t.test('all of the document follows from its boots', (t) => {
  const { comparisons, notInAll, pairs, usedSeconds } = compared(recorded);
  t.same(
    { comparisons, notInAll, pairs, usedSeconds },
    {
      ...{ comparisons: recorded.comparisons, notInAll: recorded.notInAll },
      ...{ pairs: recorded.pairs, usedSeconds: recorded.usedSeconds },
    },
  );
  t.end();
});

const numbersIn = (text: string): string[] => text.match(/\d+(?:[.,]\d+)*/g) ?? [];

/** Ways in which a number of bench.json may be told: as it is, counted, and seconds as people read them. */
function known(document: BenchDocument): Set<string> {
  const { comparisons, usedSeconds, budgetSeconds } = document;
  const counts = ['worse', 'better', 'unclear', 'same'].flatMap((verdict) => {
    const some = comparisons.filter((c) => c.verdict === verdict);
    const byWords = [...new Set(some.map(({ words }) => words))];
    return [some.length, ...byWords.map((words) => some.filter((c) => c.words === words).length)];
  });
  const durations = [usedSeconds, budgetSeconds].map((seconds) => formatDuration(seconds * 1000));
  return new Set([
    ...numbersIn(JSON.stringify(document)),
    ...counts.map(String),
    ...durations.flatMap(numbersIn),
    ...numbersIn(document.costText ?? ''),
  ]);
}

t.test('every number that is told is in bench.json', async (t) => {
  const mail = await PostalMime.parse(await render('mail'));
  const texts = { text: benchText(recorded), mail: mail.text!, markdown: await render('markdown') };
  const { document: html } = parseHTML(await render('html'));
  const cells = Array.from(html.querySelectorAll('h1, header p, main p, td, pre, figcaption'));
  const page = cells.map(({ textContent }) => textContent).join('\n'); // ticks of a picture are its axes'
  const all = known(recorded);
  for (const [name, text] of Object.entries({ ...texts, page })) {
    const unknown = numbersIn(text).filter((number) => !all.has(number));
    t.same(unknown, [], name);
  }
});

t.test('prose has at most 72 columns, tables 78', async (t) => {
  const { text } = await PostalMime.parse(await render('mail'));
  const lines = text!.split('\n');
  t.same(
    lines.filter((line) => line.length > 78),
    [],
  );
  const cost = new Set(recorded.costText!.split('\n')); // figures by function, and words between them
  const table = (line: string) => /\S {2,}\S/.test(line) || cost.has(line);
  t.same(
    lines.filter((line) => !table(line) && line.length > 72),
    [],
  );
});

t.test('verdicts come first, then cost, numbers, environment and how to repeat it', async (t) => {
  const { text, subject } = await PostalMime.parse(await render('mail'));
  t.same(text!.match(/^.+(?=\n-+\n)/gm), [
    ...['Verdicts', 'Cost by function', 'Numbers', 'Environment', 'How to repeat'],
  ]);
  t.match(subject, /^\[p2plab\] bench-\S+: \d+ worse, /);
});

t.test('the text of a small bench', async (t) => {
  const lab = fakeLab((side, n) => ({ cost: side === 'base' ? 1000 : 1020, throughput: 100 + n }));
  const signal = new AbortController().signal;
  const document = await runBench(t.testdir(), newBench({ budgetSeconds: 60 }), lab, { onBoot() {} }, signal);
  t.equal(
    benchText(document),
    `s, new (6.12.1) against old (6.12.1): 1 worse, 1 cannot tell.

2 fresh boots of each side, one at a time, in the order base, head,
head, base, after one of each that is not counted; 1 min 0 s in all, and
the time of 1 min 0 s is used up. Intervals are of 95 %, all metrics
together.

Worse:
* write instructions/IO (less is better): worse, +2 %

Cannot tell:
* write throughput: cannot tell: 2 of at least 6 pairs of boots

cost of 2 and 2 boots

counted (less is better)  n  base  head  change  noise
write instructions/IO     2  1000  1020  2 %     0.5 %

Times and throughput are those of an emulator: absolutes are artefacts
and are not told, only ratios of head to base.

by the clock      n  better  ratio  interval  noise
write throughput  2  more
`,
  );
});

t.test('a bench that was broken off says why, and which part of it is there', async (t) => {
  const problem = { message: 'head: s is fail: an oops <b>', remedy: 'look' };
  const document = newBench({ state: 'broken', problem });
  t.match(
    await render('markdown', document),
    '## p2plab bench: nothing compared (broken off before the end)',
  );
  t.match(await render('markdown', document), '`head: s is fail: an oops <b>`');
  const { text } = await PostalMime.parse(await render('mail', document));
  t.match(text, 'Problem\n-------\nhead: s is fail: an oops <b>\n');
  t.match(text, '$ npx p2plab bench s --base old --head new');
});

t.test('what of a guest or a file is in a report is inert', async (t) => {
  const hostile = '\u001b[31m<script>`|@x\u202e';
  const name = { ...newBench().head, label: hostile, kernel: hostile, set: { [hostile]: hostile } };
  const document = newBench({ head: name, scenario: hostile, notInAll: [hostile] });
  const texts = [benchText(document), await render('mail', document), await render('markdown', document)];
  for (const text of texts) t.notMatch(text, /[\u001b\u202e]/);
});
