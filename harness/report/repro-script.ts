import type { Evidence } from '../evidence/evidence.js';
import type { RunPlan } from '../plan/plan.js';
import { predictInCapsule } from '../plan/predict-capsule.js';
import { vmFiles } from '../plan/qemu-argv.js';
import { scenarioTitle, type Step } from '../scenario/scenario.js';
import type { Verdict } from '../verdict/check.js';
import { commandLines, shellQuote } from '../vm/pasteable-command.js';
import { makeRig } from '../workload/make-rig.js';
import type { AnyStepKind, StepCommand } from '../workload/step-kind.js';
import {
  agentScript,
  agentWords,
  ownFile,
  rebindScript,
  stepsFile,
  type NumberedScript,
} from './repro-guest.js';
import { decidedData, decidesFailure, undecidedOf } from './repro-decisions.js';
import { shellLogPatterns } from './repro-log.js';
import { reproRuntime } from './repro-runtime.js';
import type { ShellValue } from './repro-values.js';

/** A file that repro.sh needs and does not carry. */
export type PinnedFile = { file: string; sha256: string; how: string };

export type ReproInputs = {
  evidence: Evidence;
  verdict: Verdict;
  plan: RunPlan;
  kindOf: (step: Step) => AnyStepKind;
  kernel: PinnedFile;
  rootfs: PinnedFile;
  /** The archive beside repro.sh with what steps copy into the guest, where they do. */
  own?: { file: string; sha256: string };
  values: ShellValue[];
  qemuVersion: string;
};

/** Pieces of an archive in fw_cfg: the kernel reads one from its start for each page of it. */
export const ownParts = 8;

type Numbered = { step: Step; command: StepCommand; id: string; machine: string; what: string };

/**
 * repro.sh: boots the machines of a result again and runs the same steps, with nothing but QEMU, a shell and the
 * usual small programs; exits as the run did, as far as a shell can decide it, and says what it cannot.
 */
export function reproScript(inputs: ReproInputs): string {
  const { evidence, verdict, plan, kernel, rootfs, own } = inputs;
  const { scenario } = evidence;
  const commands = numbered(inputs, 'commands');
  const undo = numbered(inputs, 'undo');
  const rebinds = rebindsOf(inputs);
  const title = scenarioTitle(scenario.name, scenario.variant);
  const undecided = undecidedOf(inputs);
  const panics = scenario.expect.some((e) => e.type === 'log' && e.pattern === 'panic');
  return [
    '#!/bin/sh',
    `# ${title}: ${scenario.title}`,
    `# The run said: ${verdict.outcome}${verdict.reasons.map((r) => `\n#   ${oneLine(r)}`).join('')}`,
    '#',
    '# Boots the same machines and runs the same steps. Needs QEMU, a POSIX shell, coreutils, grep, sed and awk.',
    '#   ./repro.sh                            exit 0: passes, 1: fails, 2: something is missing, 3: a shell cannot decide it',
    '#   KERNEL=/path/bzImage ./repro.sh       with another kernel; ROOTFS= another image, QEMU= another QEMU',
    '#   WORK=/path/folder ./repro.sh          where machines have their files and logs (default: a new one in /tmp)',
    `#   p2plab repro RUN/results/${'`'}basename "$PWD"${'`'}       decides all of it, and wants Node`,
    'set -u',
    'export LC_ALL=C',
    'here=$(cd "$(dirname "$0")" && pwd) || exit 2',
    'work=${WORK:-$(mktemp -d "${TMPDIR:-/tmp}/p2plab-repro.XXXXXX")} || exit 2',
    `QEMU=\${QEMU:-${shellQuote(plan.machines[0]!.argv[0]!)}}`,
    `machines=${shellQuote(plan.machines.map(({ name }) => name).join(' '))}`,
    `boot_s=${seconds(plan.limits.bootMs)} step_s=${seconds(plan.limits.stepMs)} gone_s=${15 + seconds(plan.limits.rebindMs)}`,
    `panic_is=${panics ? 'ok' : 'fail'} dirty=`,
    reproRuntime,
    `command -v "$QEMU" >/dev/null || die "there is no $QEMU" 'install Debian package qemu-system-x86'`,
    'trap cleanup EXIT; trap "exit 130" INT TERM HUP',
    'kernel_is=${KERNEL:-} rootfs_is=${ROOTFS:-}',
    `KERNEL=\${KERNEL:-${shellQuote(kernel.file)}} ROOTFS=\${ROOTFS:-${shellQuote(rootfs.file)}}`,
    `pin kernel "$KERNEL" ${kernel.sha256} "$kernel_is" ${shellQuote(kernel.how)}`,
    `pin image "$ROOTFS" ${rootfs.sha256} "$rootfs_is" ${shellQuote(rootfs.how)}`,
    ...(own ? [`pin files "$here/${own.file}" ${own.sha256} '' 'copy it from the run folder'`] : []),
    `say "QEMU: $("$QEMU" --version | head -n 1) (the run had ${inputs.qemuVersion})"`,
    'say "machines and logs: $work"',
    ...plan.machines.flatMap((machine, n) =>
      machineLines(machine, n, inputs, [...commands, ...undo], rebinds),
    ),
    ...plan.machines.flatMap(({ name }, n) => [
      `[ -n "$stopped" ] || start ${name} ${n}`,
      `[ -n "$stopped" ] || pools ${name} idle-before`,
    ]),
    '',
    ...scenario.steps.flatMap((step) => stepLines(step, commands)),
    ...plan.machines.map(({ name }) => `pools ${name} after-the-last`),
    ...(undo.length > 0 ? ['', '# takes back what the steps set up', ...undo.map(commandLine)] : []),
    ...plan.machines.flatMap(({ name }) => [
      `pools ${name} at-the-end`,
      `same_pools ${name} idle-before after-the-last`,
      `same_pools ${name} idle-before at-the-end`,
    ]),
    '',
    // a pool that lacks memory ends in a BUG() of the kernel, which would hide what was leaked when
    ...rebinds.map(
      ({ machine, id }) => `[ "$fails" -gt 0 ] || command_in ${machine} ${id} ${shellQuote(id)}`,
    ),
    ...inputs.values.flatMap((value) => valueLine(value, commands)),
    ...dataLines(inputs),
    ...logLines(evidence),
    '',
    ...(undecided.length > 0 ? [`say ${shellQuote(`not decided here: ${undecided.join('; ')}`)}`] : []),
    ...endLines(inputs),
    '',
  ].join('\n');
}

function numbered({ evidence, plan, kindOf }: ReproInputs, which: 'commands' | 'undo'): Numbered[] {
  const { scenario } = evidence;
  const steps = which === 'undo' ? scenario.steps.toReversed() : scenario.steps;
  return steps.flatMap((step) => {
    const actual = evidence.machines.find(({ name }) => name === step.machine)?.actual;
    const bdfs = new Map(actual?.devices.map(({ id, bdf }) => [id, bdf]));
    const made = kindOf(step)[which]?.(step.params as never, makeRig(scenario, plan, bdfs, step.name)) ?? [];
    return made.map((command, n) => ({
      ...{ step, command, machine: command.on ?? step.machine },
      id: `${which === 'undo' ? 'undo' : 'step'}-${step.name}-${n + 1}`,
      what: `${which === 'undo' ? 'undo of ' : ''}step ${step.name} (${command.label})`,
    }));
  });
}

type Rebinding = NumberedScript & { machine: string };

/** Providers that lose their driver at the end and get it again. */
function rebindsOf({ evidence, plan }: ReproInputs): Rebinding[] {
  return (evidence.scenario.rebind ?? []).map((provider) => {
    const machine = plan.machines.find(({ devices }) => devices.some(({ id }) => id === provider))!;
    const actual = evidence.machines.find(({ name }) => name === machine.name)?.actual;
    const planned = machine.devices.find(({ id }) => id === provider)!;
    const { bdf } = actual?.devices.find(({ id }) => id === provider) ?? planned;
    return { machine: machine.name, id: `rebind-${provider}`, script: rebindScript(bdf) };
  });
}

function stepLines(step: Step, commands: readonly Numbered[]): string[] {
  const own = commands.filter((c) => c.step === step);
  return [`begin ${step.name}`, ...own.map(commandLine), `end ${step.name}`, ''];
}

function commandLine({ command, id, machine, what }: Numbered): string {
  if ('script' in command) return `command_in ${machine} ${id} ${shellQuote(what)}`;
  const { execute, arguments: args = {}, untilGone = '' } = command.qmp;
  const request = `"${execute}", "arguments": ${JSON.stringify(args)}`;
  return `action ${machine} ${shellQuote(what)} ${shellQuote(request)} ${shellQuote(untilGone)} '${command.ends ? 'ends' : ''}'`;
}

function machineLines(
  { name, argv, files }: RunPlan['machines'][number],
  n: number,
  { kernel, rootfs, own }: ReproInputs,
  commands: readonly Numbered[],
  rebinds: readonly Rebinding[],
): string[] {
  const scripts = commands.flatMap(({ id, machine, command }): NumberedScript[] =>
    machine === name && 'script' in command ? [{ id, script: command.script }] : [],
  );
  return [
    '',
    `mkdir -p "$work/${name}" && cd "$work/${name}" || exit 2`,
    ...files.map((file) => `truncate -s ${file.bytes} ${shellQuote(file.name)} # nothing but zeros`),
    `: >${vmFiles.hostKey}; echo '# nobody logs in' >${vmFiles.authorizedKeys}`,
    ...(own ? [`split -n ${ownParts} -d -a 1 "$here/${own.file}" own.`] : []),
    "cat >steps.sh <<'END_OF_STEPS'",
    agentScript([...scripts, ...rebinds.filter(({ machine }) => machine === name)]) + 'END_OF_STEPS',
    `qemu_${n}() {`,
    `exec ${withVariables(commandLines(reproArgv(argv, own !== undefined)), kernel.file, rootfs.file)}`,
    '}',
  ];
}

/** The run's own command line; the harness' two ways in, SSH and a socket for QMP, are replaced by pipes. */
export function reproArgv([, ...argv]: readonly string[], withOwn: boolean): string[] {
  const append = argv.indexOf('-append') + 1;
  const qmp = argv.indexOf('-qmp');
  const changed = argv.with(append, `${argv[append]!.replace(/init=\S+/, 'init=/bin/sh')} ${agentWords}`);
  const parts = withOwn ? Array.from({ length: ownParts }, (_, n) => n) : [];
  return [
    '$QEMU',
    ...changed.slice(0, qmp),
    ...changed.slice(qmp + 2),
    ...['-chardev', 'pipe,id=qmp,path=qmp', '-mon', 'chardev=qmp,mode=control'],
    ...['-chardev', 'pipe,id=steps,path=steps', '-serial', 'chardev:steps'],
    ...['-fw_cfg', `name=${stepsFile},file=steps.sh`],
    ...parts.flatMap((n) => ['-fw_cfg', `name=${ownFile(n)},file=own.${n}`]),
  ];
}

/** What the reader may choose stands as variables, which single quotes would hide. */
function withVariables(command: string, kernel: string, rootfs: string): string {
  return command
    .replace("'$QEMU'", '"$QEMU"')
    .replace(shellQuote(kernel), '"$KERNEL"')
    .replace(/(\S*file\.filename=)\S*/, (all: string, before: string) =>
      all.includes(rootfs) ? `${before.replaceAll("'", '')}"$ROOTFS"` : all,
    );
}

function valueLine({ of, is, command, stream, sed }: ShellValue, commands: readonly Numbered[]): string[] {
  const own = commands.filter(({ step }) => of.startsWith(`${step.name}.`))[command];
  return own
    ? [`value ${shellQuote(of)} ${own.machine} ${own.id} ${shellQuote(is)} ${stream} ${shellQuote(sed)}`]
    : [];
}

function dataLines({ evidence, plan }: ReproInputs): string[] {
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
function logLines({ scenario }: Evidence): string[] {
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

function endLines(inputs: ReproInputs): string[] {
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

const seconds = (ms: number) => Math.ceil(ms / 1000);
const oneLine = (text: string) => text.replaceAll(/[\r\n]+/g, ' ');
