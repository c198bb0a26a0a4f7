import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import PostalMime from 'postal-mime';
import t from 'tap';
import { formatDuration } from '../common/size.js';
import { formatNames, type FormatName } from './format-names.js';
import { maxHeld } from './html/result-detail.js';
import type { LoadedRun } from './load-run.js';
import { recorded, render } from './recorded.test.support.js';
import type { Result } from './run-document.js';

const base = await recorded('base');
const head = await recorded('mutant');

/** `4.52` and `4` of `4k`; a minus sign is taken for a dash. */
const numbersIn = (text: string): string[] => text.match(/\d+(?:\.\d+)*/g) ?? [];

/** The traces that run.json names. */
function traces({ dir }: LoadedRun): string {
  const files = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /oops-\d+\.txt$/.test(file),
  );
  return files.map((file) => readFileSync(path.join(dir, file), 'utf8')).join('\n');
}

/** What a format may say that is made of numbers of run.json: each way of making one is here, and there is no other. */
function derived(results: readonly Result[]): string[] {
  const counts = ['pass', 'fail', 'skip', 'broken'].map((o) => results.filter((r) => r.outcome === o).length);
  const seconds = (ms: number) => String(ms / 1000);
  const wall = results.map(({ phases }) => phases.wallMs ?? 0);
  const shares = results.flatMap(({ evidence }) => {
    const bytes = Object.values(evidence.dma.bytesByRegion);
    const all = bytes.reduce((a, b) => a + b, 0);
    return bytes.map((part) => String(Math.floor((part / all) * 1000) / 10));
  });
  const lowest = results.flatMap(({ metrics }) => metrics.map(({ value }) => value.toFixed(0)));
  const steps = results.flatMap(({ evidence }) => evidence.steps.map(({ ms }) => formatDuration(ms)));
  const listed = results.flatMap(({ checks, metrics, artifacts }) => {
    const held = checks.filter(({ ok }) => ok).length;
    return [held, held - maxHeld, metrics.length, artifacts.length];
  });
  return [
    ...counts.map(String),
    ...steps.flatMap(numbersIn),
    ...listed.map(String),
    String(results.length),
    ...wall.flatMap((ms) => [seconds(ms), ...numbersIn(formatDuration(ms))]),
    seconds(wall.reduce((a, b) => a + b, 0)),
    ...shares,
    ...lowest,
  ];
}

/** A time against the same of base. */
const ratios = head.run.results.flatMap((result, n) =>
  result.metrics.map(({ value }, m) => (value / base.run.results[n]!.metrics[m]!.value).toFixed(2)),
);
const scenarios = [...new Set(head.run.results.map(({ scenario }) => scenario))];
const source = [base, head]
  .map((run) => JSON.stringify([run.run, run.events, run.run.startedAt.slice(0, 19)]) + traces(run))
  .join('\n');
const known = new Set([
  ...numbersIn(source),
  ...derived(head.run.results),
  ...scenarios.flatMap((name) => derived(head.run.results.filter(({ scenario }) => scenario === name))),
  ...ratios,
]);

/** Style, script, the day on which a page was made, axes of charts, and topology, which is of evidence.json. */
const notSaid =
  /<style>.*?<\/style>|<script>.*?<\/script>|<footer>.*?<\/footer>|<g class="tick".*?<\/g>|<svg class="topology".*?<\/svg>|<figcaption>.*?<\/figcaption>/gs;
/** Of the format itself: versions, encodings, and that test points are numbered. */
const own: Partial<Record<FormatName, (text: string) => string>> = {
  mail: (text) => text,
  junit: (text) => text.replace('<?xml version="1.0" encoding="UTF-8"?>', ''),
  tap: (text) => text.replace('TAP version 14\n', '').replaceAll(/^1\.\.|^(?:not )?ok \d+/gm, ''),
  ktap: (text) => text.replaceAll('KTAP version 1\n', '').replaceAll(/^ *1\.\.\d+|^ *(?:not )?ok \d+/gm, ''),
  kcidb: (text) => text.replace(/"version": \{[^}]*\}/, ''),
  html: (text) => text.replaceAll(notSaid, ' ').replaceAll(/<[^>]*>/g, ' '),
  svg: (text) => text.replaceAll(notSaid, ' ').replaceAll(/<[^>]*>/g, ' '),
  b4: (text) => text.replaceAll('"b4"', ''),
};
/** Numbers within words that are ours. */
const words = /architecture": "x86_64"|oops-\d+\.txt/g;

async function unknownNumbers(name: FormatName, run = head): Promise<string[]> {
  const text = await render(name, run, { against: base });
  const mail = name === 'mail' ? await PostalMime.parse(text) : undefined;
  const told = mail ? `${mail.subject}\n${mail.text}` : (own[name]?.(text) ?? text);
  const plain = told
    .replaceAll(words, '')
    .replaceAll(/&#\d+;/g, ' ')
    .replaceAll(/\\x[0-9a-f]{2}/g, ' ');
  return [...new Set(numbersIn(plain))].filter((number) => !known.has(number));
}

for (const name of formatNames)
  t.test(`every number of ${name} is in run.json, or made of numbers there`, async (t) => {
    t.same(await unknownNumbers(name), []);
  });

t.test('a number that is not there is found', async (t) => {
  const [first, ...rest] = head.run.results;
  const metrics = first!.metrics.map((metric) => ({ ...metric, value: 987_654 }));
  const wrong = { ...head, run: { ...head.run, results: [{ ...first!, metrics }, ...rest] } };
  for (const name of ['mail', 'junit', 'kcidb', 'markdown', 'html', 'svg'] as const)
    t.ok((await unknownNumbers(name, wrong)).includes('987654'), name);
});
