import { execa } from 'execa';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { commandFile, packageRoot } from '../common/paths.js';
import { planJson } from '../jobs/plan-document.js';
import { plan } from '../labs/series-plan.test.support.js';
import { readSeriesFile } from '../series/series-document.js';
import { ciText } from './ci-files-command.js';
import { runGitlabPipeline } from './ci-schemas.test.support.js';
import { runWorkflow } from './run-workflow.test.support.js';

// The commands of the generated files in the order in which a CI system runs them; what boots no VM is real.

/** apt, npm and npx that do nothing but call the p2plab under test; no Debian package is there. */
function shims(dir: string): string {
  const bin = path.join(dir, 'bin');
  mkdirSync(bin, { recursive: true });
  const node = JSON.stringify(process.execPath);
  const fake = JSON.stringify(path.join(packageRoot, 'dist/cli/fake-run.test.helper.js'));
  const npx = `case "$2" in
run) shift; exec ${node} ${fake} "$@" ;;
plan) cat "$FAKE_PLAN" ;;
*) shift; exec ${node} ${JSON.stringify(commandFile)} "$@" ;;
esac`;
  const programs = {
    npx,
    npm: 'exit 0',
    'apt-get': 'exit 0',
    'dpkg-query': 'exit 1',
    tar: 'case "$*" in *-T*) cat >/dev/null ;; esac; echo >built.tar.gz',
  };
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(path.join(bin, name), `#!/bin/sh\n${text}\n`);
    chmodSync(path.join(bin, name), 0o755);
  }
  return bin;
}

/** A folder with the plan, and the environment in which runs say that. */
function place(t: Test, says: Record<string, string>) {
  const dir = t.testdir();
  const at = (name: string) => path.join(dir, name);
  writeFileSync(at('plan.json'), planJson(plan));
  const env = {
    PATH: `${shims(dir)}:${process.env.PATH}`,
    ...{ HOME: dir, FAKE_PLAN: at('plan.json'), FAKE_LOG: at('ran.log'), FAKE_SAYS: JSON.stringify(says) },
  };
  return { dir, at, env };
}

async function night(t: Test, rounds: number, says: Record<string, string>) {
  const { dir, at, env } = place(t, says);
  const jobs = await runWorkflow(await ciText('github-series-matrix', rounds), dir, env);
  const series = await readSeriesFile(path.join(dir, 'merge/0/p2plab-run'));
  const ran = existsSync(at('ran.log'))
    ? readFileSync(at('ran.log'), 'utf8').trimEnd().split('\n').sort()
    : [];
  const results = Object.fromEntries(Object.entries(jobs).map(([name, { result }]) => [name, result]));
  const cells = series?.rows
    .find(({ name }) => name === 'own-program')
    ?.cells.map(({ outcome, tries }) =>
      [outcome, tries && `${tries.failed}/${tries.of}`].filter(Boolean).join(' '),
    );
  return {
    jobs,
    results,
    ran,
    cells,
    state: series?.state,
    said: jobs.merge!.said,
    summary: readFileSync(path.join(dir, 'merge/0/.summary'), 'utf8'),
  };
}

const first = ['1: own-program', '2: own-program', '3: own-program', 'base: own-program'];
const skipped = 'skipped';
const success = 'success';

t.test('nothing is run again when all passes, nor what does not build', async (t) => {
  const { results, ran, cells, state } = await night(t, 3, { '1: own-program': '!' });
  t.same(results, {
    ...{ plan: success, 'round-1': success, 'next-1': success },
    ...{ 'round-2': skipped, 'next-2': skipped, 'round-3': skipped, merge: 'failure' },
  });
  t.same(ran, ['2: own-program', '3: own-program', 'base: own-program']);
  t.same([cells, state], [['pass', 'not-run', 'pass', 'pass'], 'finished']);
});

t.test('what fails now and then, or was lost, is run again until it is settled', async (t) => {
  const { results, ran, cells } = await night(t, 3, { '2: own-program': 'ffppp', '3: own-program': '-p' });
  t.match(results, { 'round-2': success, 'round-3': success, merge: success });
  const again = [2, 3, 4, 5].map((n) => `2: own-program, run ${n}`);
  t.same(ran, [...first, ...again, '3: own-program'].sort(), 'and nothing else');
  t.same(cells, ['pass', 'pass', 'flaky 2/5', 'pass']);
});

// gitlab-ci-local copies the folder with it
const { failed: noRsync } = await execa('rsync', ['--version'], { reject: false });
const skip = noRsync ? 'rsync is not installed' : false;

t.test('GitLab: when the rounds are used up, what is missing is said', { skip }, async (t) => {
  const { at, env } = place(t, { '1: own-program': '!', '2: own-program': 'ffp' });
  const npx = (...args: string[]) => execa('npx', ['p2plab', ...args], { cwd: at('.'), env });
  await npx('run', '--plan', 'plan.json', '--builds', '--out', 'built');
  writeFileSync(
    at('.gitlab-ci.yml'),
    (await npx('ci-matrix', 'gitlab', 'built/plan.json', '--rounds', '2')).stdout,
  );
  const { results, said } = await runGitlabPipeline(at('.'), env);
  t.same(results, {
    ...{ 'not-built': 'PASS', 'round-1: [1/1]': 'WARN', 'next-1': 'PASS', 'round-2: [1/1]': 'WARN' },
    merge: 'WARN',
  });
  t.same(
    [...new Set(said.match(/(?<=^merge +> )wanted: .*, run \d/gm))],
    ['wanted: 2: own-program, run 4', 'wanted: 2: own-program, run 5'],
  );
  t.match(
    readFileSync(at('p2plab-run/report.md'), 'utf8'),
    'Not settled, since these runs are not there:\n\n- `2: own-program, run 4`',
  );
  t.equal((await readSeriesFile(at('p2plab-run')))!.state, 'interrupted');
});
