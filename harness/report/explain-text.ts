import { choiceText, pathText } from '../verdict/check-prediction.js';
import { acsRedirects } from '../plan/predict-acs.js';
import { predictChoice } from '../plan/predict-choice.js';
import { cpuOfModel, cpuText } from '../plan/predict-cpu.js';
import { predictNvmet, type NvmetPrediction } from '../plan/predict-nvmet.js';
import { predictPaths, type PathPrediction } from '../plan/predict.js';
import type { MachinePlan } from '../plan/plan.js';
import { iommuOf, type Machine, type Step } from '../scenario/scenario.js';

/** What `p2plab explain` prints of a machine: every path, or those that `wanted` takes. */
export type ExplainInputs = {
  planned: Pick<MachinePlan, 'name' | 'bridges' | 'devices'>;
  machine: Machine;
  /** Of this machine. */
  steps: readonly Step[];
  wanted: (path: PathPrediction) => boolean;
};

/** Undefined when none of its paths is wanted. */
export function explainMachine({ planned, machine, steps, wanted }: ExplainInputs): string | undefined {
  const { bridges, devices } = planned;
  const cpu = cpuOfModel(machine.cpu);
  const redirecting = acsRedirects({ bridges, append: machine.append, iommu: machine.iommu });
  const paths = predictPaths({ bridges, devices, cpu, acsRedirects: redirecting });
  const shown = paths.filter(wanted);
  if (shown.length === 0) return undefined;
  const bdfs = new Map(devices.map(({ id, bdf }) => [id, bdf]));
  const acs = redirecting ? [...redirecting].join(', ') || 'none' : 'unknown';
  const iommu = iommuOf(machine) ? ` IOMMU ${machine.iommu},` : '';
  const clients = [...new Set(shown.map(({ client }) => client))];
  const all = shown.length === paths.length;
  return [
    `machine ${planned.name}: CPU ${machine.cpu} (${cpu ? `${cpuText(cpu)} under TCG` : 'unknown'}),${iommu} ACS redirection: ${acs}\n`,
    ...shown.map((path) => explainPath(path, bdfs)),
    ...(all ? ['\n', ...clients.map((client) => explainChoice(client, paths))] : []),
    ...(all ? predictNvmet(steps, paths).map(explainNvmet) : []),
  ].join('');
}

function explainPath(path: PathPrediction, bdfs: ReadonlyMap<string, string>): string {
  const { client, provider, rule, decidedBy } = path;
  const ends = [client, provider].map((id) => `${id} (${bdfs.get(id)})`);
  const way = client === provider ? ends[0]! : [ends[0]!, ...path.path, ends[1]!].join(' - ');
  return [
    `\n${client} → ${provider}: ${pathText(path)}\n`,
    `  ${way}\n`,
    `  rule: ${rule} (drivers/pci/p2pdma.c, ${decidedBy}, Linux 6.12)\n`,
  ].join('');
}

function explainChoice(client: string, paths: PathPrediction[]): string {
  const choice = predictChoice([client], paths);
  return `the kernel's choice for ${client} alone: ${choiceText(choice)}${atRandom(choice)}\n`;
}

function explainNvmet({ step, nsid, drive, nic, auto, choice }: NvmetPrediction): string {
  const how = auto ? `p2pmem=1, together for ${nic} and ${drive}` : 'as told';
  return `nvmet, step ${step}, namespace ${nsid} (${drive}): ${choiceText(choice)}${atRandom(choice)}; ${how}\n`;
}

const atRandom = ({ providers, distance }: NvmetPrediction['choice']) =>
  [
    distance === undefined ? '' : ` (distance ${distance})`,
    providers.length > 1 ? ', at random (pci_p2pmem_find_many)' : '',
  ].join('');
