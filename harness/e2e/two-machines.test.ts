import { readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { p2plab, qemusOf, readRun, testScenario } from './run-p2plab.test.support.js';

const MiB = 2 ** 20;

type TimelineLine = { machine?: string; text?: string; phase?: string };
const readTimeline = (dir: string): TimelineLine[] =>
  readFileSync(path.join(dir, 'timeline.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as TimelineLine);

t.test('an initiator’s bytes are found on the target’s drive, in the target’s BAR', async (t) => {
  const dir = path.join(t.testdir(), 'run');
  const which = ['nvmeof-two-machines', '--set', 'provider=shm0'];
  const { exitCode, stdout } = await p2plab(['run', ...which, '--install-packages', '--out', dir]);
  t.equal(exitCode, 0, stdout);
  const steps = readRun(dir).results[0]?.evidence.steps.filter(({ name }) =>
    ['write', 'read'].includes(name),
  );
  t.match(steps, [
    {
      machine: 'initiator',
      transfers: [
        {
          machine: 'target',
          drive: 'nvme1',
          direction: 'write',
          bytesByRegion: { ram: 4 * MiB, shm0: 8 * MiB },
        },
      ],
    },
    {
      machine: 'initiator',
      transfers: [
        { machine: 'target', drive: 'nvme1', direction: 'read', bytesByRegion: { shm0: 12 * MiB } },
      ],
    },
  ]);
  t.ok(
    steps?.every(({ dipBytes }) => (dipBytes.shm0 ?? 0) > 0),
    'the target’s pool was sampled',
  );
  const timeline = readTimeline(path.join(dir, 'results/nvmeof-two-machines.provider=shm0'));
  const targetIsReady = timeline.findIndex(
    ({ machine, text }) => machine === 'target' && text?.startsWith('p2plab: ready'),
  );
  const initiatorBegins = timeline.findIndex(({ phase }) => phase === 'boot initiator');
  t.ok(initiatorBegins > 0 && initiatorBegins < targetIsReady, 'the machines boot side by side');
});

t.test('a panic of the other machine ends the step that waits for it', async (t) => {
  const dir = path.join(t.testdir(), 'run');
  const { exitCode, stdout } = await p2plab(['run', testScenario('panic-elsewhere'), '--out', dir]);
  t.equal(exitCode, 1, stdout);
  const [result] = readRun(dir).results;
  t.match(result?.reasons, [
    /^Kernel panic - not syncing: sysrq triggered crash \(drivers\/tty\/sysrq\.c:\d+\) during step wait, console line \d+ of target$/,
    'the kernel of target panicked: sysrq triggered crash',
  ]);
  t.ok((result?.phases.wallMs ?? Infinity) < 90_000, 'the step slept 170 s: the panic ended it');
  t.strictSame(qemusOf(dir), []);
});
