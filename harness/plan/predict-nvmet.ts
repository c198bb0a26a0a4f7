import type { Step } from '../scenario/scenario.js';
import { predictChoice, type ChoicePrediction } from './predict-choice.js';
import type { PathPrediction } from './predict.js';

/** What is needed here of the parameters of a step of kind nvmet-export. */
type ExportParams = { nic: string; namespaces: { drive: string; p2pmem: string }[] };

export type NvmetPrediction = {
  step: string;
  nsid: number;
  drive: string;
  nic: string;
  /** The kernel may choose (p2pmem=1), it is not told whom to take. */
  auto: boolean;
  choice: ChoicePrediction;
};

/**
 * Which provider nvmet takes for each namespace with p2pmem. It asks for the NIC's and the drive's device together
 * (nvmet_p2pmem_ns_add_p2p in drivers/nvme/target/core.c, 6.12).
 */
export function predictNvmet(
  steps: readonly Step[],
  paths: readonly PathPrediction[],
  published?: ReadonlySet<string>,
): NvmetPrediction[] {
  return steps.flatMap(({ name: step, kind, params }) => {
    if (kind !== 'nvmet-export') return [];
    const { nic, namespaces } = params as ExportParams;
    return namespaces.flatMap(({ drive, p2pmem }, index) => {
      if (p2pmem === 'none') return [];
      const auto = p2pmem === 'auto';
      const choice = auto
        ? predictChoice([nic, drive], paths, published)
        : { providers: [p2pmem], perhaps: [] };
      return [{ step, nsid: index + 1, drive, nic, auto, choice }];
    });
  });
}
