import { loadScript, modulesFolder } from '../guest/load-modules.js';
import type { MachinePlan, RunPlan, SkipPlan } from '../plan/plan.js';
import { vmFiles } from '../plan/qemu-argv.js';
import { scenarioTitle, type Expectation, type LogMatch, type Scenario } from '../scenario/scenario.js';
import { commandLines } from '../vm/pasteable-command.js';
import type { QmpAction } from '../vm/perform-action.js';
import type { ReproModules } from './repro-guest.js';

export type PlannedSteps = {
  name: string;
  kind: string;
  machine: string;
  commands: ({ label: string; on?: string } & ({ script: string } | { qmp: QmpAction }))[];
}[];

/** Those that a guest gets, from a folder of the host. */
export type PlannedModules = ReproModules & { dir: string };

/**
 * What `p2plab plan` prints: shell that can be pasted, with everything else in comments.
 * @param memory how much is kept free for it, in words
 */
export function planText(
  scenario: Scenario,
  plan: SkipPlan | (RunPlan & { steps: PlannedSteps; modules?: PlannedModules }),
  memory?: string,
): string {
  const title = `# ${scenarioTitle(scenario.name, scenario.variant)}: ${scenario.title}\n`;
  if (plan.kind === 'skip') return `${title}${comment(plan.reasons.map((r) => `skipped: ${r}`))}\n`;
  const parts = [
    ...plan.machines.map(machineText),
    ...(plan.modules ? [modulesText(plan.modules)] : []),
    ...plan.steps.flatMap(stepText),
    ...rebindText(scenario),
    comment([
      'expected, beside a clean log and balanced accounting:',
      ...scenario.expect.map((e) => `  ${expectationText(e)}`),
    ]),
    comment([`deadlines: ${limitsText(plan)}`, ...(memory === undefined ? [] : [`memory: ${memory}`])]),
  ];
  return `${title}${parts.join('\n')}\n`;
}

const modulesText = ({ dir, release, atBoot }: PlannedModules): string =>
  `# before the first step, in each machine: copy what is in ${dir} to ${modulesFolder(release)}, then\n${indent(loadScript(atBoot))}\n`;

function stepText({ name, machine, commands }: PlannedSteps[number]): string[] {
  return commands.map((command) => {
    const { label, on = machine } = command;
    if ('script' in command) return `# step ${name} (${label}), in ${on}:\n${indent(command.script)}\n`;
    const { untilGone, ...request } = command.qmp;
    const end = untilGone === undefined ? '' : ` until ${untilGone} is gone`;
    return comment([
      `step ${name} (${label}), to QEMU of ${on} by QMP${end}:`,
      `  ${JSON.stringify(request)}`,
    ]);
  });
}

const rebindText = ({ rebind = [] }: Scenario): string[] =>
  rebind.length === 0
    ? []
    : [comment([`at the end the driver of ${rebind.join(', then of ')} is unbound and bound again`])];

function machineText({ name, argv, files, bridges, devices }: MachinePlan): string {
  const places = [...bridges, ...devices].map(
    ({ id, bdf, behind }) => `  ${bdf} ${id}${behind.length > 0 ? ` (below ${behind.join(', ')})` : ''}`,
  );
  return [
    comment([`machine ${name}; predicted addresses:`, ...places]),
    `mkdir -p ${name} && cd ${name} &&`,
    ...files.map((file) => `truncate -s ${file.bytes} ${file.name} &&`),
    `: >${vmFiles.hostKey} && cp ~/.ssh/id_ed25519.pub ${vmFiles.authorizedKeys} &&`,
    `${unquoteVariables(commandLines(argv))}\n`,
  ].join('\n');
}

/** What is not built yet stands as a variable of the reader's shell, which single quotes would hide. */
const unquoteVariables = (command: string) =>
  command.replaceAll(/'([^'\s]*)(\$(?:BZIMAGE|ROOTFS))'/g, '$1"$2"');

/** An expectation in words. */
export function expectationText(expectation: Expectation): string {
  if (expectation.type === 'log') return logMatchText(expectation);
  if (expectation.type === 'value') return `${expectation.of} is ${expectation.is}`;
  const share = `at least ${Number((expectation.atLeast * 100).toFixed(7))} %`;
  if (expectation.type === 'ratio') return `${expectation.of} is ${share} of ${expectation.to}`;
  const { drive, steps, through, commands, configReads } = expectation;
  const where = through === 'none' ? 'RAM' : `the BAR of ${through}`;
  const also = [
    ...(commands === undefined ? [] : [`, in ${commands} commands`]),
    ...(configReads === undefined ? [] : [`, with ${configReads} reads of PCI config space`]),
  ];
  return `${share} of ${drive}'s data in ${steps.join(', ')} goes through ${where}${also.join('')}`;
}

const logMatchText = ({ pattern, step, on, matching }: LogMatch) =>
  [
    `the kernel log tells of ${pattern}`,
    ...(matching === undefined ? [] : [`matching ${matching}`]),
    ...(on === undefined ? [] : [`on ${on}`]),
    ...(step === undefined ? [] : [`during ${step}`]),
  ].join(' ');

const limitsText = ({ limits }: RunPlan) =>
  Object.entries(limits)
    .map(([phase, ms]) => `${phase.replace(/Ms$/, '')} ${Math.round(ms / 1000)} s`)
    .join(', ');

const comment = (lines: string[]) => lines.map((line) => `# ${line}\n`).join('');
const indent = (text: string) => text.replaceAll(/^/gm, '  ');
