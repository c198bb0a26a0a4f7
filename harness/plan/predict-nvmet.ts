import type { Step } from '../scenario/scenario.js';
import { predictChoice, type ChoicePrediction } from './predict-choice.js';
import type { PathPrediction } from './predict.js';

// What is needed here of the parameters of steps of kinds nvmet-export and nvmet-namespace.
type ExportParams = {
  subsystem: string;
  transport: string;
  nic: string;
  namespaces: { drive: string; p2pmem: string }[];
};
type NamespaceParams = {
  subsystem: string;
  nsid: number;
  write: { attribute: string; value?: string; device?: string }[];
};

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
 * (nvmet_p2pmem_ns_add_p2p in drivers/nvme/target/core.c, 6.12). Only of rdma ports it has a NIC to ask for (`p2p_client`
 * is set in rdma.c alone); what is set later, by nvmet-namespace, counts as well.
 */
export function predictNvmet(
  steps: readonly Step[],
  paths: readonly PathPrediction[],
  published?: ReadonlySet<string>,
): NvmetPrediction[] {
  return steps.flatMap(({ name: step, kind, params }) => {
    if (kind !== 'nvmet-export') return [];
    const { subsystem, transport, nic, namespaces } = params as ExportParams;
    if (transport !== 'rdma') return [];
    return namespaces.flatMap(({ drive, p2pmem }, index) => {
      const nsid = index + 1;
      const later = laterChoices(steps, subsystem, nsid);
      return [...new Set([p2pmem, ...later])].flatMap((chosen) => {
        if (chosen === 'none') return [];
        const auto = chosen === 'auto';
        const choice = auto
          ? predictChoice([nic, drive], paths, published)
          : { providers: [chosen], perhaps: [] };
        return [{ step, nsid, drive, nic, auto, choice }];
      });
    });
  });
}

/** What nvmet-namespace sets: providers, and `auto` for what kstrtobool() reads as true (lib/kstrtox.c, 6.12). */
function laterChoices(steps: readonly Step[], subsystem: string, nsid: number): string[] {
  return steps.flatMap(({ kind, params }) => {
    if (kind !== 'nvmet-namespace') return [];
    const p = params as NamespaceParams;
    if (p.subsystem !== subsystem || p.nsid !== nsid) return [];
    return p.write.flatMap(({ attribute, value, device }) => {
      if (attribute !== 'p2pmem') return [];
      return device !== undefined ? [device] : /^(?:[yt1]|on)/i.test(value ?? '') ? ['auto'] : [];
    });
  });
}
