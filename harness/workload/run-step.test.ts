import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { HarnessError } from '../common/errors.js';
import type { Guest } from '../guest/connect-guest.js';
import type { Step } from '../scenario/scenario.js';
import { explainTimeout, runCommands, runStep } from './run-step.js';
import { rig } from './sample.test.support.js';
import type { AnyStepKind } from './step-kind.js';

const { signal } = new AbortController();
const step: Step = { name: 'write', kind: 'fake', machine: 'host', params: {} };
type Answer = { stdout?: string; stderr?: string; exitCode?: number };

/** A guest whose scripts are keys of a table of answers; `read` prints the one text. */
const guest = (answers: Record<string, Answer>, printed?: string): Guest => ({
  machine: 'host',
  run: async (script, files) => {
    const { stdout = '', stderr = '', exitCode = 0 } = answers[script] ?? { exitCode: 127 };
    writeFileSync(files.stdout, stdout);
    writeFileSync(files.stderr, stderr);
    return { exitCode, ms: 1.4, truncated: false };
  },
  send: async () => {},
  shell: async () => 0,
  read: async () => {
    if (printed === undefined) throw new Error('no answer');
    return Buffer.from(printed);
  },
  [Symbol.asyncDispose]: async () => {},
});

const kind = (scripts: string[], samples: AnyStepKind['samples'] = () => []): AnyStepKind => ({
  kind: 'fake',
  summary: '',
  parameters: '',
  params: {} as never,
  commands: () => scripts.map((script, n) => ({ label: `${n}/${script}`, script })),
  samples,
});

function run(t: Test, fake: AnyStepKind, answers: Record<string, Answer>) {
  const resultDir = t.testdir();
  const act = () => Promise.reject(new Error('nothing can be done'));
  const context = { guestOf: () => guest(answers), act, rig, resultDir, folder: 'host/step-write', signal };
  return runStep(step, fake, context);
}

t.test('commands are recorded with the files of their output', async (t) => {
  const { commands } = await run(t, kind(['a b']), { 'a b': { stdout: 'out\n' } });
  t.strictSame(commands, [
    {
      label: '0/a b',
      exitCode: 0,
      ms: 1,
      truncated: false,
      stdout: 'host/step-write/0_a_b.out',
      stderr: 'host/step-write/0_a_b.err',
    },
  ]);
  t.equal(readFileSync(path.join(t.testdirName, commands[0]!.stdout), 'utf8'), 'out\n');
});

t.test('a command that fails is the last one, with the last line of its stderr', async (t) => {
  const stderr = 'note\nfio: io_u error on file /dev/nvme1n1: Remote I/O error\n';
  const read = await run(t, kind(['a', 'b', 'c']), { a: {}, b: { exitCode: 1, stderr }, c: {} });
  t.match(read.commands, [{ exitCode: 0 }, { exitCode: 1 }]);
  t.equal(read.commands.length, 2);
  t.equal(read.commands[1]?.lastError, 'fio: io_u error on file /dev/nvme1n1: Remote I/O error');
  t.strictSame(read.samples, []);
});

t.test('samples are read from the whole output', async (t) => {
  const fake = kind(['a', 'b'], (_, outputs) =>
    outputs.map(({ stdout, label }) => ({ name: label, value: stdout })),
  );
  const { samples } = await run(t, fake, { a: { stdout: '1' }, b: { stdout: '2' } });
  t.strictSame(samples, [
    { name: '0/a', value: '1' },
    { name: '1/b', value: '2' },
  ]);
});

t.test('output that cannot be read says why, and is no error of the step', async (t) => {
  const fake = kind(['a'], () => {
    throw new Error("fio's JSON has no write figures of job bs=4k");
  });
  t.match(await run(t, fake, { a: {} }), {
    samples: [],
    unreadable: "fio's JSON has no write figures of job bs=4k",
  });
});

t.test('an action of QEMU is a command whose output is what it had to say', async (t) => {
  const resultDir = t.testdir();
  const guests: (string | undefined)[] = [];
  const context = {
    guestOf: (machine?: string) => (guests.push(machine), guest({ a: {} })),
    act: async () => ({ ms: 7, answer: {} }),
    ...{ rig, resultDir, folder: 'host/step-x', signal },
  };
  const commands = [
    { label: 'off', qmp: { execute: 'quit' } },
    { label: 'on', on: 'other', script: 'a' },
  ];
  const ran = await runCommands(commands, context);
  t.match(ran, [
    { label: 'off', exitCode: 0, ms: 7 },
    { label: 'on', exitCode: 0 },
  ]);
  t.strictSame(guests, ['other']);
  t.equal(readFileSync(path.join(resultDir, ran[0]!.stdout), 'utf8'), '{"ms":7,"answer":{}}\n');
});

const late = new HarnessError('scenario', 'step write took over 100 ms', { remedy: 'raise it' });

t.test('a step that is late while tasks are blocked is the kernel’s trouble', async (t) => {
  const error = await explainTimeout('step write', late, guest({}, 'fio\nkworker/0:1H\n'), signal);
  t.match(error, {
    blame: 'kernel',
    message: 'step write hangs: fio, kworker/0:1H blocked in the kernel',
    cause: late,
  });
});

t.test('a step that is late with nothing blocked is merely slow', async (t) => {
  t.equal(await explainTimeout('step write', late, guest({}, ''), signal), late);
});

t.test('a guest that does not answer explains nothing', async (t) => {
  t.equal(await explainTimeout('step write', late, guest({}), signal), late);
});

t.test('what is no deadline needs no explanation', async (t) => {
  const panic = new HarnessError('kernel', 'the kernel of host panicked', { remedy: 'read' });
  t.equal(await explainTimeout('step write', panic, guest({}, 'fio\n'), signal), panic);
});
