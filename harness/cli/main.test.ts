import { execa } from 'execa';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { commandFile, packageRoot } from '../common/paths.js';

// The process itself: exit codes, streams, colours. What the commands say is tested without one.
t.setTimeout(180_000);

type Options = { cwd?: string; env?: Record<string, string> };
const p2plab = (args: string[], { cwd, env }: Options = {}) =>
  execa(process.execPath, [commandFile, ...args], { cwd, env, reject: false });

t.test('a scenario file with mistakes: every one with its place, exit 2', async (t) => {
  const cwd = t.testdir({
    'bad.yaml':
      'name: bad\ntitle: A bad one\ntgs: [x]\nmachines:\n  host: { cpu: EPYC, cpus: many }\nsteps: []\n',
  });
  const { stdout, stderr, exitCode } = await p2plab(['check', 'bad.yaml'], { cwd });
  t.equal(exitCode, 2);
  t.equal(stdout, '');
  t.match(stderr, 'bad.yaml:3:1: unknown key "tgs", did you mean "tags"?\n');
  t.match(stderr, /^bad\.yaml:5:28: machines\.host\.cpus: want a whole number .*, found "many"$/m);
  const places = stderr.split('\n').slice(0, -1);
  t.ok(
    places.every((line) => /^bad\.yaml:\d+:\d+: /.test(line)),
    'each line but the last has a place',
  );
  t.match(stderr, /\n {2}next: .*$/);
  t.notMatch(stderr, /\bat .*\.js:/, 'no stack');
});

t.test('scenario files without mistakes: exit 0', async (t) => {
  const { stdout, exitCode } = await p2plab(['check'], { cwd: packageRoot });
  t.equal(exitCode, 0);
  t.match(stdout, /^scenarios\/copy\/nvme-copy-p2p\.yaml: ok, \d+ variants$/m);
});

t.test('usage errors exit 2, and nothing goes to stdout', async (t) => {
  const wrong = [['rum'], ['run', 'no-such-scenario'], ['check', '/no/such.yaml']];
  const ends = await Promise.all(wrong.map((args) => p2plab(args)));
  for (const { stdout, stderr, exitCode } of ends) {
    t.same({ stdout, exitCode }, { stdout: '', exitCode: 2 });
    t.not(stderr, '');
  }
});

t.test('--version is that of the package', async (t) => {
  const { version } = JSON.parse(readFileSync(path.join(packageRoot, 'package.json'), 'utf8')) as {
    version: string;
  };
  const { stdout, exitCode } = await p2plab(['--version']);
  t.same({ stdout, exitCode }, { stdout: version, exitCode: 0 });
});

t.test('output that is lost fails the command, and a reader that has seen enough does not', async (t) => {
  const piped = (into: string) =>
    execa('bash', ['-o', 'pipefail', '-c', `"$0" "$1" list ${into}`, process.execPath, commandFile], {
      reject: false,
    });
  const lost = await piped('>/dev/full');
  t.equal(lost.exitCode, 3);
  t.match(lost.stderr, /ENOSPC: no space left on device.*\n {2}next: free space on that disk/);
  const enough = await piped('| head -n 1');
  t.same({ exitCode: enough.exitCode, stderr: enough.stderr }, { exitCode: 0, stderr: '' });
});

t.test('a pipe gets no colours', async (t) => {
  const { stdout } = await p2plab(['list']);
  t.match(stdout, 'nvme-copy-p2p');
  t.notMatch(stdout, '\u001b');
});

t.test('a terminal gets colours, unless there is NO_COLOR or it is dumb', async (t) => {
  const onTerminal = (env: Record<string, string>) =>
    execa('script', ['-qefc', `${process.execPath} ${commandFile} list`, '/dev/null'], {
      env: { NO_COLOR: undefined, TERM: 'xterm', ...env },
      stdin: 'ignore',
    });
  const environments: Record<string, string>[] = [{}, { NO_COLOR: '1' }, { TERM: 'dumb' }];
  const [plain, noColor, dumb] = await Promise.all(environments.map(onTerminal));
  t.match(plain!.stdout, '\u001b[1mcopy');
  t.notMatch(noColor!.stdout, '\u001b');
  t.notMatch(dumb!.stdout, '\u001b');
});
