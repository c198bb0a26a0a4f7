import type { Evidence } from '../evidence/evidence.js';
import type { RunPlan } from '../plan/plan.js';
import { scenarioTitle, type Step } from '../scenario/scenario.js';
import type { Verdict } from '../verdict/check.js';
import { shellQuote } from '../vm/pasteable-command.js';
import type { AnyStepKind } from '../workload/step-kind.js';
import { dataLines, endLines, logLines, oneLine, valueLine } from './repro-checks.js';
import { commandLine, numbered, rebindsOf, stepLines } from './repro-commands.js';
import { undecidedOf } from './repro-decisions.js';
import type { ReproModules } from './repro-guest.js';
import { machineLines } from './repro-machine.js';
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
  /** In the same archive, where the kernel has any. */
  modules?: ReproModules;
  values: ShellValue[];
  qemuVersion: string;
};

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

const seconds = (ms: number) => Math.ceil(ms / 1000);
