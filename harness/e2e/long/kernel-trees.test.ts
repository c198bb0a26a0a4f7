import { execa } from 'execa';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { packageRoot } from '../../common/paths.js';
import { scenarioTitle } from '../../scenario/scenario.js';
import { p2plab, qemusOf, readRun, testSeries } from '../run-p2plab.test.support.js';

// A developer's git tree: Linux 6.12, p2plab's own series as commits, then five commits, of which the third breaks
// frees of what is no whole pages and the fifth repairs it. The first kernel of it is built from scratch.

const dir = t.testdir();
const tree = path.join(dir, 'linux');
const who = ['-c', 'user.name=p', '-c', 'user.email=p@localhost', '-c', 'core.compression=1'];
const git = async (...args: string[]) =>
  (await execa('git', [...who, '-c', 'core.bigFileThreshold=1', ...args], { cwd: tree })).stdout.trim();
const variant = ['p2pmem-kernel-sizes', '--set', 'provider=shm0', '--no-controls'];

/** What git tracks, with the time stamps of the files; a copy of the state to compare with. */
async function stateOfTree() {
  const files = (await git('ls-files')).split('\n');
  const stamps = files.map((file) => statSync(path.join(tree, file)).mtimeMs);
  return [await git('rev-parse', 'HEAD'), await git('for-each-ref'), readdirSync(tree).sort(), stamps];
}

t.before(async () => {
  mkdirSync(tree);
  await execa('tar', ['-xf', '/usr/src/linux-source-6.12.tar.xz', '-C', tree, '--strip-components=1']);
  await git('init', '-q', '-b', 'main');
  await git('add', '--all', '--force');
  await git('commit', '-qm', 'Linux 6.12');
  await git('tag', 'v6.12');
  const series = ['nvmet-fixes', 'p2pdma-enable', 'p2pmem-test'];
  const folders = series.map((name) => path.join(packageRoot, 'kernels/series', name));
  for (const folder of folders) {
    const patches = readFileSync(path.join(folder, 'series'), 'utf8').trim().split('\n');
    await git('am', '-q', ...patches.map((patch) => path.join(folder, patch)));
  }
  const five = readdirSync(testSeries('frees')).filter((name) => name.endsWith('.patch'));
  for (const [n, patch] of five.sort().entries()) {
    await git('am', '-q', path.join(testSeries('frees'), patch));
    await git('tag', `commit${n + 1}`);
  }
});

t.test('a tree with local changes is built as it is, labelled, and not touched', async (t) => {
  const out = path.join(dir, 'dirty');
  appendFileSync(path.join(tree, 'drivers/pci/p2pdma.c'), '\n/* a change */\n');
  const before = await stateOfTree();
  const { exitCode, stdout } = await p2plab(['run', ...variant, '--kernel', tree, '--out', out]);
  t.equal(exitCode, 0, stdout);
  const [kernel] = readRun(out).kernels;
  t.match(kernel?.source, { origin: tree, describe: /^commit5-dirty$/, tree: /^[0-9a-f]{40}$/ });
  t.same(await stateOfTree(), before);
  t.equal(await git('status', '--porcelain'), 'M drivers/pci/p2pdma.c');
  await git('checkout', '-q', '.');
});

t.test('bisect names commit 3, and the tree stays where it is', async (t) => {
  const out = path.join(dir, 'bisect');
  const before = await stateOfTree();
  const range = ['--tree', tree, 'commit2..commit4'];
  const { exitCode, stdout, stderr } = await p2plab(['bisect', ...variant, ...range, '--out', out]);
  t.equal(exitCode, 0, `${String(stdout)}\n${String(stderr)}`);
  t.comment(String(stdout));
  const title = 'PCI/P2PDMA: Free p2pmem by whole pages';
  t.match(stdout, new RegExp(`^first bad commit: [0-9a-f]{12} ${title}$`, 'm'));
  t.match(stdout, /^outcome +pass +fail$/m);
  t.match(stdout, /^reasons +none +available is \d+ pages short/m);
  t.same(await stateOfTree(), before);
  t.strictSame(qemusOf(out), []);
});

t.test('the step alone tells a bad commit from the one that repairs it', async (t) => {
  const step = (commit: string) =>
    p2plab([
      ...['bisect-step', ...variant, '--tree', tree, '--commit', commit, '--runs', '1'],
      ...['--out', path.join(dir, commit)],
    ]);
  t.equal((await step('commit3')).exitCode, 1);
  t.equal((await step('commit5')).exitCode, 0);
  t.equal((await step('no-such-commit')).exitCode, 128);
});

t.test('on mainline what it cannot do is skipped, and nothing fails', async (t) => {
  const out = path.join(dir, 'mainline');
  const { stdout } = await p2plab(['run', '--tag', 'smoke', '--kernel', `${tree}@v6.12`, '--out', out]);
  const { results } = readRun(out);
  const outcomes = results.map((r) => `${scenarioTitle(r.scenario, r.variant)}: ${r.outcome}`);
  t.same(
    outcomes.sort(),
    [
      'nvme-copy-p2p [provider=nvme0]: pass',
      'nvme-copy-p2p [provider=shm0]: skip',
      'nvmeof-rdma-p2p [provider=none]: pass',
      'nvmeof-rdma-p2p [provider=nvme0]: skip',
      'nvmeof-rdma-p2p [provider=shm0]: skip',
      'p2pmem-allocate [provider=nvme0]: pass',
      'p2pmem-allocate [provider=shm0]: skip',
    ],
    stdout,
  );
});
