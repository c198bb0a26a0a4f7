import { CommanderError, type Command } from 'commander';
import pc from 'picocolors';
import t from 'tap';
import { buildProgram } from './program.js';
import { plainTerminal } from './terminal.test.support.js';

/** What the command line prints, and commander's exit code. */
async function parsed(...args: string[]): Promise<{ out: string; err: string; exitCode: number }> {
  const printed = { out: '', err: '' };
  const terminal = {
    out: (text: string) => void (printed.out += text),
    err: (text: string) => void (printed.err += text),
    colors: pc.createColors(false),
    live: undefined,
    signal: new AbortController().signal,
  };
  try {
    await (await buildProgram(terminal, () => {})).parseAsync(['node', 'p2plab', ...args]);
  } catch (error) {
    if (error instanceof CommanderError) return { ...printed, exitCode: error.exitCode };
    throw error;
  }
  return { ...printed, exitCode: 0 };
}

const pathsOf = (command: Command): string[][] => [
  [command.name()],
  ...command.commands.flatMap(pathsOf).map((inner) => [command.name(), ...inner]),
];
const program = await buildProgram(plainTerminal().terminal, () => {});

for (const words of program.commands.flatMap(pathsOf)) {
  t.test(`p2plab ${words.join(' ')} --help has an example`, async (t) => {
    const { out, exitCode } = await parsed(...words, '--help');
    t.match(out, `\nExample:\n  $ p2plab ${words.join(' ')}`);
    t.ok(
      out.split('\n').every((line) => line.length <= 120),
      'no line is too long for a terminal',
    );
    t.equal(exitCode, 0);
  });
}

t.test(
  'only the command that is asked for is loaded; help, mistakes and nothing at all have them all',
  async (t) => {
    const loaded = async (...args: string[]) =>
      (await buildProgram(plainTerminal().terminal, () => {}, args)).commands.map((command) =>
        command.name(),
      );
    const all = program.commands.map((command) => command.name());
    for (const name of all) {
      const [first, second, ...others] = await loaded(name, '--help');
      t.ok(name === first || name === second, name);
      t.same(others, []);
    }
    t.same(await loaded('run', 'nvme-copy-p2p'), ['run']);
    t.same(await loaded('kernel', 'list'), ['kernel', 'image']);
    t.same(await loaded('--version'), []);
    for (const args of [[], ['--help'], ['help', 'run'], ['rum']]) t.same(await loaded(...args), all);
  },
);

const usageErrors: [string[], string][] = [
  [['rum'], "error: unknown command 'rum'\n(Did you mean run?)\n"],
  [['run', '--tags', 'x'], "error: unknown option '--tags'\n(Did you mean --tag?)\n"],
  [
    ['run', '--jobs', '0'],
    "error: option '--jobs <n>' argument '0' is invalid. want a whole number from 1 to 999.\n",
  ],
  [
    ['run', '--set', 'provider'],
    "error: option '--set <key=value>' argument 'provider' is invalid. want key=value.\n",
  ],
  [
    ['run', '--accel', 'hvf'],
    "error: option '--accel <which>' argument 'hvf' is invalid. Allowed choices are auto, kvm, tcg.\n",
  ],
  [['plan'], "error: missing required argument 'scenario'\n"],
];
for (const [args, err] of usageErrors) {
  t.test(`p2plab ${args.join(' ')} is a usage error`, async (t) => {
    t.same(await parsed(...args), { out: '', err, exitCode: 1 });
  });
}
