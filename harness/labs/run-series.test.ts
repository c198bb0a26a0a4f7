import { readFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { DoesNotApply, DoesNotBuild, HarnessError } from '../common/errors.js';
import type { PatchCoverage } from '../coverage/patch-coverage.js';
import { runSeries, type SeriesRequest } from './run-series.js';
import type { Scenario } from '../scenario/scenario.js';
import type { Grid } from '../series/grid.js';
import type { PatchSeries, SeriesPatch } from '../series/patch-series.js';
import type { Try } from '../series/tries.js';
import type { SeriesLab } from './series-lab.js';

const { signal } = new AbortController();
const outcomes = { p: 'pass', f: 'fail', b: 'broken', s: 'skip' } as const;

type World = {
  /** The image of each prefix, the base first; `!` does not apply, `?` does not build. */
  images: string;
  /** By image and scenario what its runs say, one after the other (the last again and again); small letter: booted. */
  says?: Record<string, string>;
  scenarios?: string[];
  over?: Partial<SeriesRequest>;
  /** By folder of a column, what its runs say of the lines. */
  covered?: Record<string, PatchCoverage[]>;
};

const patchOf = (n: number): SeriesPatch => {
  return { subject: `patch ${n}`, author: 'a <a@b>', message: '', diff: 'diff', origin: '' };
};

/** A series in a world without kernels and VMs; `runs` are IMAGE:SCENARIOS of each run. */
async function judge(
  t: Test,
  { images, says = {}, scenarios = ['copy'], over = {}, covered = {} }: World,
  dir = t.testdir(),
) {
  process.env.XDG_STATE_HOME = path.join(dir, 'state');
  const series = { patches: [...images].slice(1).map((_, n) => patchOf(n + 1)) } as unknown as PatchSeries;
  const runs: string[] = [];
  const asked = new Map<string, number>();
  const imageOf = (patches: readonly string[]) => images[patches.length]!;
  const lab: SeriesLab = {
    checkpatch: async (patches) => (patches.length > 1 ? ['CHECK: many'] : []),
    kernel: async (patches) => {
      const image = imageOf(patches);
      const details = { remedy: 'mend it', evidence: path.join(dir, 'make.log') };
      if (image === '!') throw new DoesNotApply('scenario', 'hunk 1 of 2', { remedy: 'rebase' });
      if (image === '?') throw new DoesNotBuild('scenario', 'no ;', details);
      return { id: image, bzImage: image, cached: true };
    },
    addedWarnings: async (before, after) => [`${imageOf(before)} to ${imageOf(after)}`],
    keys:
      async ({ id }) =>
      async (scenario) =>
        `${id}-${scenario.name}`,
    patchCoverage: async (folder, count) => covered[folder]?.slice(-count),
    tryOnce: async (variants, patches, folder) => {
      const image = imageOf(patches);
      runs.push(`${image}:${variants.map(({ name }) => name).join('+')}`);
      return variants.map(({ name }): Try => {
        const key = `${image}-${name}`;
        const count = asked.get(key) ?? 0;
        asked.set(key, count + 1);
        const words = says[key] ?? 'p';
        const word = words[Math.min(count, words.length - 1)]!;
        const outcome = outcomes[word.toLowerCase() as keyof typeof outcomes];
        const booted = word === word.toLowerCase() && outcome !== 'skip';
        return { outcome, reasons: outcome === 'pass' ? [] : [`${key} ${count + 1}`], booted, folder };
      });
    },
  };
  const variants = scenarios.map((name) => ({ name, variant: {} }) as Scenario);
  const request = {
    dir,
    series,
    variants,
    before: [],
    each: true,
    reuse: true,
    retries: 4,
    retryMs: 60_000,
    ...over,
  };
  const grid = await runSeries(request as unknown as SeriesRequest, lab, async () => {}, signal);
  return { grid, runs, row: (name: string) => rowOf(grid, name) };
}

/** `pass`, `fail 3/3`, `pass =base`. */
const rowOf = ({ rows }: Grid, name: string) =>
  rows
    .find((row) => row.name === name)!
    .cells.map(({ outcome, tries, sameAs, earlier }) =>
      [
        outcome,
        tries && `${tries.failed}/${tries.of}${tries.broken > 0 ? `+${tries.broken}` : ''}`,
        sameAs && `=${sameAs}`,
        earlier && '=earlier',
      ]
        .filter(Boolean)
        .join(' '),
    );

t.test('a kernel that is the same bit by bit is not run again', async (t) => {
  const { row, runs } = await judge(t, { images: 'aab', scenarios: ['copy', 'alloc'] });
  t.same(row('copy'), ['pass', 'pass =base', 'pass']);
  t.same(row('boots'), ['pass', 'pass =base', 'pass']);
  t.same(runs, ['a:copy', 'a:alloc', 'b:copy', 'b:alloc']);
});

t.test('a row tells how many of the lines that each patch adds ran, and where not', async (t) => {
  const gap = { file: 'drivers/pci/p2pdma.c', from: 212, to: 214, function: 'alloc' };
  const patch = { ran: 41, neverRan: 3, gaps: [gap], notBuilt: ['a.c'] } as unknown as PatchCoverage;
  const covered = { 'cells/1': [patch], 'cells/3': [{ ...patch, neverRan: 0, gaps: [], notBuilt: [] }] };
  const { grid } = await judge(t, { images: 'abbc', covered, over: { coverage: true } });
  const { cells } = grid.rows.find(({ name }) => name === 'coverage')!;
  t.same(cells, [
    { outcome: 'not-run', reasons: ['the base is no patch'] },
    {
      outcome: 'warn',
      reasons: ['never ran: drivers/pci/p2pdma.c:212-214 (alloc)', 'not in this kernel: a.c'],
      figure: '41/44',
    },
    {
      outcome: 'not-run',
      reasons: ['no scenario was run: the kernel image is that of another column, or does not boot'],
    },
    { outcome: 'pass', reasons: [], figure: '41/41' },
  ]);
});

t.test('there is no such row unless it is asked for', async (t) => {
  const { grid } = await judge(t, { images: 'ab' });
  t.notOk(grid.rows.some(({ name }) => name === 'coverage'));
});

t.test('an earlier series counts, unless it is not to', async (t) => {
  const dir = t.testdir();
  await judge(t, { images: 'ab', says: { 'b-copy': 'f' } }, dir);
  const again = await judge(t, { images: 'ab' }, dir);
  t.same(again.row('copy'), ['pass =earlier', 'fail 3/3 =earlier']);
  t.same(again.runs, []);
  const anew = await judge(t, { images: 'ab', over: { reuse: false } }, dir);
  t.same(anew.row('copy'), ['pass', 'pass']);
});

t.test('what fails is tried again in fresh VMs; what fails now and then is not said to fail', async (t) => {
  const { row, runs } = await judge(t, {
    images: 'abcd',
    says: { 'b-copy': 'f', 'c-copy': 'fp', 'd-copy': 'bp' },
  });
  t.same(row('copy'), ['pass', 'fail 3/3', 'flaky 1/5', 'pass 0/1+1']);
  t.equal(runs.length, 1 + 3 + 5 + 2);
});

t.test('runs that break stay broken', async (t) => {
  const { row } = await judge(t, { images: 'ab', says: { 'b-copy': 'b' } });
  t.same(row('copy'), ['pass', 'broken 0/0+5']);
});

t.test('what fails now and then is run again on the same kernel', async (t) => {
  const { row } = await judge(t, { images: 'aa', says: { 'a-copy': 'fpppppppppp' } });
  t.same(row('copy'), ['flaky 1/5', 'pass']);
});

t.test('a patch that does not apply, one that does not build: the others are judged', async (t) => {
  const dir = t.testdir({ 'make.log': 'error: no ;' });
  const { grid, row, runs } = await judge(t, { images: 'a?b!' }, dir);
  t.match(grid.rows.find(({ name }) => name === 'builds')?.cells[1], {
    reasons: ['no ;'],
    folder: 'cells/1',
  });
  t.equal(readFileSync(path.join(dir, 'cells/1/make.log'), 'utf8'), 'error: no ;');
  t.same(row('applies'), ['pass', 'pass', 'pass', 'fail']);
  t.same(row('builds'), ['pass', 'fail', 'pass', 'not-run']);
  t.same(row('copy'), ['pass', 'not-run', 'pass', 'not-run']);
  t.same(
    grid.rows.map(({ cells }) => cells[3]!.reasons[0]),
    [
      'hunk 1 of 2',
      undefined,
      'it does not apply',
      'there is no kernel',
      'there is no kernel',
      'there is no kernel',
    ],
  );
  t.match(
    grid.rows.find(({ name }) => name === 'warnings')?.cells[2]?.reasons,
    ['a to b'],
    'against what built',
  );
  t.same(runs, ['a:copy', 'b:copy']);
});

t.test('a kernel that does not boot is not asked more than one scenario', async (t) => {
  const { grid, row, runs } = await judge(t, {
    images: 'abb',
    scenarios: ['copy', 'alloc'],
    says: { 'b-copy': 'F' },
  });
  t.same(row('boots'), ['pass', 'fail 3/3', 'fail 3/3 =1']);
  t.same(row('copy'), ['pass', 'not-run', 'not-run']);
  t.same(row('alloc'), ['pass', 'not-run', 'not-run']);
  t.match(grid.rows.at(-1)?.cells[1]?.reasons, ['the kernel does not boot']);
  t.same(runs, ['a:copy', 'a:alloc', 'b:copy', 'b:copy', 'b:copy']);
});

t.test('a kernel that comes up for one scenario is asked again by one for which it did not', async (t) => {
  const dir = t.testdir();
  await judge(t, { images: 'a', says: { 'a-copy': 'F' } }, dir);
  await judge(t, { images: 'a', scenarios: ['alloc'] }, dir);
  const { row, runs } = await judge(t, { images: 'a', scenarios: ['copy', 'alloc'] }, dir);
  t.same(row('copy'), ['pass']);
  t.same(row('alloc'), ['pass =earlier']);
  t.same(runs, ['a:copy']);
});

t.test('a scenario that is skipped says nothing about booting', async (t) => {
  const { row } = await judge(t, {
    images: 'ab',
    scenarios: ['copy', 'alloc'],
    says: { 'b-copy': 's', 'b-alloc': 'F' },
  });
  t.same(row('boots'), ['pass', 'fail 3/3']);
  const none = await judge(t, { images: 'ab', says: { 'b-copy': 's' } });
  t.same(none.row('boots'), ['pass', 'skip']);
});

t.test('only the base and the whole series', async (t) => {
  const { grid, row } = await judge(t, { images: 'abc', over: { each: false } });
  t.same(
    grid.columns.map(({ name, subject }) => `${name} ${subject}`),
    ['base ', '2 patch 2'],
  );
  t.same(row('checkpatch'), ['not-run', 'warn'], 'of both patches');
});

t.test('trouble of the host ends it', async (t) => {
  const dir = t.testdir();
  const lab = {
    kernel: async () => {
      throw new HarnessError('host', 'the disk is full', { remedy: 'free space' });
    },
  } as unknown as SeriesLab;
  const series = { patches: [patchOf(1)] };
  const request = { dir, series, variants: [], before: [], each: true } as unknown as SeriesRequest;
  await t.rejects(
    runSeries(request, lab, async () => {}, signal),
    { message: 'the disk is full' },
  );
});
