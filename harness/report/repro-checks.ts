import type { Evidence } from '../evidence/evidence.js';
import { predictInCapsule } from '../plan/predict-capsule.js';
import { shellQuote } from '../vm/pasteable-command.js';
import type { Numbered } from './repro-commands.js';
import { decidedData, decidesFailure } from './repro-decisions.js';
import { shellLogPatterns } from './repro-log.js';
import type { ReproInputs } from './repro-script.js';
import type { ShellValue } from './repro-values.js';

/** A sample that the scenario expects, read from what a command says. */
export function valueLine(
  { of, is, command, stream, sed }: ShellValue,
  commands: readonly Numbered[],
): string[] {
  const own = commands.filter(({ step }) => of.startsWith(`${step.name}.`))[command];
  return own
    ? [`value ${shellQuote(of)} ${own.machine} ${own.id} ${shellQuote(is)} ${stream} ${shellQuote(sed)}`]
    : [];
}

/** Where a drive's data must have been, by QEMU's trace. */
export function dataLines({ evidence, plan }: ReproInputs): string[] {
  const { scenario } = evidence;
  return decidedData(evidence).flatMap(({ steps, drive, through, atLeast, commands = '' }) => {
    const machine = plan.machines.find(({ devices }) => devices.some(({ id }) => id === drive))!;
    const nsid = machine.devices.find(({ id }) => id === drive)!.nsid;
    // q35 has up to 2816 MiB below 4 GiB, and 2048 of more (hw/i386/pc_q35.c, QEMU 7.2)
    const bytes = scenario.machines[machine.name]!.memory;
    const low = bytes >= 0xb0000000 ? 0x80000000 : bytes;
    return steps.map((step) => {
      const inCapsule = through === 'none' ? 0 : predictInCapsule(step, scenario.steps);
      const share = Number((atLeast * 100).toFixed(7));
      return `low_ram=${low} high_ram=${bytes - low} data ${step} ${machine.name} ${drive} ${nsid} ${through} ${share} ${inCapsule} '${commands}'`;
    });
  });
}

/** Names that the scenario expects or allows are the harness' to judge: it knows steps and details. */
export function logLines({ scenario }: Evidence): string[] {
  const expected = scenario.expect.flatMap((e) => (e.type === 'log' ? [e.pattern] : []));
  const allowed = new Set([...expected, ...(scenario.allow ?? []).map(({ pattern }) => pattern)]);
  if (allowed.has('panic')) for (const name of ['oops', 'bug', 'warning']) allowed.add(name);
  const patterns = shellLogPatterns();
  return [
    ...patterns
      .filter(({ name }) => !allowed.has(name))
      .map(({ name, ere }) => `clean_log ${name} ${shellQuote(ere)}`),
    '[ -n "$dirty" ] || ok "the kernel log is clean"',
    ...[...new Set(expected)].flatMap((name) =>
      patterns.filter((p) => p.name === name).map(({ ere }) => `wanted_log ${name} ${shellQuote(ere)}`),
    ),
  ];
}

/** The exit code. */
export function endLines(inputs: ReproInputs): string[] {
  const { verdict } = inputs;
  const blind = verdict.outcome === 'fail' && !decidesFailure(inputs);
  return [
    'if [ "$fails" -gt 0 ]; then say "repro: fail ($fails of the checks above)"; exit 1; fi',
    ...(blind
      ? [
          `say ${shellQuote(`repro: undecided: the run failed by what a shell cannot see (${oneLine(verdict.reasons[0] ?? '')}); use p2plab repro`)}`,
          'exit 3',
        ]
      : ['say "repro: pass"', 'exit 0']),
  ];
}

/** A reason in one line. */
export const oneLine = (text: string) => text.replaceAll(/[\r\n]+/g, ' ');
