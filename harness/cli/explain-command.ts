import { HarnessError } from '../common/errors.js';
import { placeDevices } from '../plan/place-devices.js';
import { isClient } from '../plan/predict.js';
import { explainMachine, type ExplainInputs } from '../report/explain-text.js';
import { suggestion } from '../scenario/nearest.js';
import { devicesOf, isProvider, scenarioTitle, type Scenario } from '../scenario/scenario.js';
import { exitCodes } from './exit-code.js';
import { selectVariants } from './find-scenarios.js';
import type { Terminal } from './terminal.js';
import { type AddCommand, setOption } from './command-options.js';

export type ExplainOptions = { set: Record<string, string> };
export type Ends = { from?: string; to?: string };

/** `p2plab explain`: which peer-to-peer paths a scenario has, and why; needs no QEMU. */
export async function explainCommand(
  name: string,
  ends: Ends,
  { set }: ExplainOptions,
  terminal: Terminal,
): Promise<number> {
  const variants = await selectVariants({ names: [name], set });
  const texts = new Map<string, string[]>();
  for (const scenario of variants) {
    const text = explainScenario(scenario, ends);
    texts.set(text, [...(texts.get(text) ?? []), scenarioTitle(scenario.name, scenario.variant)]);
  }
  terminal.out([...texts].map(([text, titles]) => `${titles.join('\n')}\n${text}`).join('\n'));
  return exitCodes.passed;
}

/** @throws HarnessError(scenario) when there is no such path */
export function explainScenario(scenario: Scenario, ends: Ends): string {
  checkEnds(scenario, ends);
  const machines = Object.entries(scenario.machines).map(([name, machine]) => {
    const { bridges, devices } = placeDevices(machine);
    const planned = {
      name,
      bridges,
      devices: devices.map((placed) => ({ ...placed, provider: isProvider(placed.device) })),
    };
    const steps = scenario.steps.filter((step) => step.machine === name);
    const wanted: ExplainInputs['wanted'] = ({ client, provider }) =>
      ends.to === undefined
        ? [client, provider, undefined].includes(ends.from)
        : client === ends.from && provider === ends.to;
    return explainMachine({ planned, machine, steps, wanted });
  });
  const shown = machines.filter((text) => text !== undefined);
  if (shown.length > 0) return shown.join('\n');
  if (ends.from === undefined) return 'no machine has a client and a provider of peer memory\n';
  throw noPath(scenario, ends);
}

function checkEnds(scenario: Scenario, { from, to }: Ends): void {
  const known = Object.values(scenario.machines).flatMap(devicesOf);
  const ids = known.map(({ id }) => id);
  for (const id of [from, to]) {
    if (id === undefined || ids.includes(id)) continue;
    throw new HarnessError('scenario', `no device "${id}" in ${scenario.name}: ${suggestion(id, ids)}`, {
      remedy: `name devices of its machines: ${ids.join(', ')}`,
    });
  }
}

function noPath(scenario: Scenario, { from, to }: Ends): HarnessError {
  const devices = Object.values(scenario.machines).flatMap(devicesOf);
  const idsOf = (wanted: (device: (typeof devices)[number]) => boolean) =>
    devices
      .filter(wanted)
      .map(({ id }) => id)
      .join(', ') || 'none';
  const what = to === undefined ? `no peer-to-peer path of ${from}` : `no peer-to-peer path ${from} → ${to}`;
  const clients = idsOf((device) => isClient({ device }));
  return new HarnessError('scenario', `${what} in ${scenario.name}`, {
    remedy: `name a client (${clients}), then a provider (${idsOf(isProvider)}) of the same machine`,
  });
}

export const addExplain: AddCommand = (program, terminal, done) => {
  program
    .command('explain')
    .description(
      'print the peer-to-peer paths of a scenario, the rule that decides and the distance; needs no QEMU',
    )
    .argument('<scenario>', 'a name or a YAML file')
    .argument('[from]', 'a device: only its paths')
    .argument('[to]', 'a provider: only the path from the first to it')
    .addOption(setOption())
    .addHelpText('after', '\nExample:\n  $ p2plab explain nvme-copy-p2p nvme1 shm0\n')
    .action(async (name: string, from: string | undefined, to: string | undefined, options: ExplainOptions) =>
      done(await explainCommand(name, { from, to }, options, terminal)),
    );
};
