import { execa } from 'execa';
import { lstatSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { bisectText } from './bisect-text.js';
import { runBisect, type BisectRequest } from './run-bisect.js';
import type { Attempt, BisectLab } from './try-commit.js';

const { signal } = new AbortController();

/**
 * A repository whose commits say in a file what a run on them would be; `step` is a program for git bisect that reads
 * it, as the real one builds and boots it.
 */
async function repository(t: Test, words: string[]) {
  const dir = t.testdir({ tree: {}, out: {} });
  const tree = path.join(dir, 'tree');
  const who = ['-c', 'user.name=p', '-c', 'user.email=p@localhost'];
  const git = async (...args: string[]) =>
    (await execa('git', [...who, ...args], { cwd: tree })).stdout.trim();
  await git('init', '-q', '-b', 'main');
  for (const [n, word] of words.entries()) {
    writeFileSync(path.join(tree, 'outcome'), `${word} ${n}\n`);
    await git('add', '-A');
    await git('commit', '-qm', `commit ${n}`);
    await git('tag', `c${n}`);
  }
  const out = path.join(dir, 'out');
  const program = path.join(dir, 'step.sh');
  writeFileSync(
    program,
    [
      'word=$(git show "$1:outcome"); word=${word% *}',
      'case $word in pass) verdict=good code=0 ;; fail) verdict=bad code=1 ;; stop) exit 128 ;; *) verdict=untestable code=125 ;; esac',
      'echo "{\\"commit\\":\\"$1\\",\\"verdict\\":\\"$verdict\\",\\"tried\\":$2,\\"failed\\":$code,\\"broken\\":0,\\"outcome\\":\\"$word\\",\\"reasons\\":[]}" >>"$3"',
      'echo "tested $1 $2 times"; exit $code',
    ].join('\n'),
  );
  const said: string[] = [];
  const lab: BisectLab = {
    async attempt(commit) {
      const [outcome] = (await git('show', `${commit}:outcome`)).split(' ');
      return { outcome: outcome as Attempt['outcome'], reasons: [`${outcome}!`], folder: '/run' };
    },
    tell: (line) => said.push(line),
  };
  const request: BisectRequest = {
    ...{ tree, range: `c0..c${words.length - 1}`, maxRuns: 20, dir: out },
    step: (runs, record) => `sh ${program} "$commit" ${runs} ${record}`,
    env: { PATH: process.env.PATH!, HOME: '/nowhere' },
  };
  return { tree, git, out, request, lab, said };
}

const stateOf = (dir: string) =>
  readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => [name, lstatSync(path.join(dir, name)).mtimeMs, lstatSync(path.join(dir, name)).ctimeMs]);

t.test('it names the first bad commit, and leaves the tree as it is', async (t) => {
  const { tree, git, out, request, lab, said } = await repository(t, [
    ...['pass', 'pass', 'pass', 'pass', 'fail', 'fail', 'fail'],
  ]);
  writeFileSync(path.join(tree, 'uncommitted'), '');
  const before = stateOf(tree);
  const result = await runBisect(request, lab, signal);
  t.same(stateOf(tree), before);
  t.equal(result.first, await git('rev-parse', 'c4'));
  t.equal(result.runs, 5, 'of 3 failures in 3 runs');
  t.match(result.lastGood, { commit: await git('rev-parse', 'c3'), verdict: 'good', tried: 5 });
  t.match(result.firstBad, { commit: await git('rev-parse', 'c4'), verdict: 'bad' });
  t.match(said[0], /^bad: [0-9a-f]{12} commit 6$/);
  t.ok(said.includes('it failed 3 of 3 times: a commit is good when it passes 5 times'), said.join('\n'));
  t.notOk(
    said.some((line) => line.startsWith('running')),
    'but not the command line of each',
  );
  t.ok(
    said.some((line) => /^tested [0-9a-f]{40} 5 times$/.test(line)),
    'steps are heard',
  );
  t.match(readFileSync(path.join(out, 'bisect.log'), 'utf8'), /is the first bad commit/);
});

t.test('the first bad commit may be the bad end, the last good one the good end', async (t) => {
  const { git, request, lab } = await repository(t, ['pass', 'fail']);
  const result = await runBisect(request, lab, signal);
  t.equal(result.first, await git('rev-parse', 'c1'));
  t.match(result.lastGood, { commit: await git('rev-parse', 'c0'), tried: 5 });
  t.match(result.firstBad, { tried: 3, failed: 3 });
});

t.test('what cannot be told is left out, or stays a candidate', async (t) => {
  const around = await repository(t, ['pass', 'pass', 'broken', 'pass', 'fail', 'fail']);
  t.equal((await runBisect(around.request, around.lab, signal)).first, await around.git('rev-parse', 'c4'));
  const between = await repository(t, ['pass', 'pass', 'broken', 'broken', 'fail']);
  const { first, candidates } = await runBisect(between.request, between.lab, signal);
  t.equal(first, undefined);
  const expected = await Promise.all(['c2', 'c3', 'c4'].map((name) => between.git('rev-parse', name)));
  t.same([...candidates].sort(), expected.sort());
});

t.test('ends that are not as said', async (t) => {
  const bad = await repository(t, ['pass', 'pass', 'pass']);
  await t.rejects(runBisect(bad.request, bad.lab, signal), {
    blame: 'scenario',
    message: /^the bad commit is none \(.* commit 2\): the scenario passes there, 20 times$/,
  });
  const good = await repository(t, ['fail', 'pass', 'fail']);
  await t.rejects(runBisect(good.request, good.lab, signal), {
    message: /^the good commit is none \(.* commit 0\): the scenario fails there, too: fail!$/,
    evidence: '/run',
  });
  const untold = await repository(t, ['pass', 'pass', 'skip']);
  await t.rejects(runBisect(untold.request, untold.lab, signal), {
    message: /: it cannot be told there: skip, skip!$/,
    remedy: 'choose another commit, or one variant with --set',
  });
});

t.test('a failure that is too rare for --max-runs is no verdict', async (t) => {
  const { request, lab } = await repository(t, ['pass', 'fail']);
  let run = 0;
  const rare: BisectLab = {
    ...lab,
    attempt: async () => ({ outcome: ++run % 5 === 0 ? 'fail' : 'pass', reasons: [], folder: '/run' }),
  };
  await t.rejects(runBisect(request, rare, signal), {
    blame: 'scenario',
    message:
      'it fails too rarely: 3 of 15 times. After 20 runs without a failure a bad commit would still pass for a good one in 3.1 % of cases, wanted is less than 1 %',
    remedy: '--max-runs 32, or a scenario that fails more often',
  });
});

t.test('a machine that cannot test stops it', async (t) => {
  const { request, lab, out } = await repository(t, ['pass', 'stop', 'stop', 'fail']);
  await t.rejects(runBisect(request, lab, signal), {
    blame: 'host',
    message: /^git bisect run stopped with exit code 128/,
    evidence: path.join(out, 'bisect.log'),
  });
});

t.test('ranges that are none', async (t) => {
  const { request, lab, tree } = await repository(t, ['pass', 'fail']);
  const of = (range: string) => runBisect({ ...request, range }, lab, signal);
  await t.rejects(of('c0'), { blame: 'scenario', message: 'c0 is no range of commits' });
  await t.rejects(of('c1..c0'), { message: `c1 is not an ancestor of c0 in ${tree}` });
  await t.rejects(of('c0..c9'), { message: `${tree} has no commit c9` });
});

t.test('the two results side by side', async (t) => {
  const report = { tried: 5, failed: 0, broken: 0, reasons: [] };
  const lastGood = {
    ...report,
    commit: 'a',
    verdict: 'good' as const,
    outcome: 'pass' as const,
    folder: 'runs/a',
  };
  const failed = { tried: 1, failed: 1, reasons: ['step one-page: 2 pages are gone'] };
  const firstBad = { ...lastGood, ...failed, commit: 'b', verdict: 'bad' as const, outcome: 'fail' as const };
  const titles = new Map([
    ['a', 'aaaa Good'],
    ['b', 'bbbb Bad'],
  ]);
  const text = bisectText({ first: 'b', candidates: [], log: '', runs: 5, lastGood, firstBad }, titles);
  t.match(text, /^first bad commit: bbbb Bad\n/);
  t.match(text, /^commit +aaaa Good +bbbb Bad$/m);
  t.match(text, /^failed +0 of 5 runs +1 of 1 runs$/m);
  t.match(text, /^reasons +none +step one-page: 2 pages are gone$/m);
  const untold = bisectText({ candidates: ['a', 'b'], log: '', runs: 5 }, titles);
  t.match(untold, /could not be told apart:\n {2}aaaa Good\n {2}bbbb Bad\n$/);
});
