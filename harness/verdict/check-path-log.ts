import type { Evidence } from '../evidence/evidence.js';
import { predictForGuest } from '../evidence/topology-hierarchy.js';
import type { PathLog } from '../evidence/topology-log.js';
import { predictNvmet, type NvmetPrediction } from '../plan/predict-nvmet.js';
import type { PathPrediction } from '../plan/predict.js';
import type { Step } from '../scenario/scenario.js';
import { choiceText, isPredicted, pathText, published } from './check-prediction.js';
import type { Check } from './check.js';

/** After a step of another kind (shell, hotplug) the topology may not be the planned one any more. */
const leaveTopologyAlone = /^(?:fio|rdma-link|nvme-.*|nvmet-.*|p2p-.*|p2pmem-.*)$/;

/** Which provider nvmet uses and which paths the kernel refuses, by its own log, is as predicted. */
export function checkPathLog({ scenario, machines }: Evidence): Check[] {
  return machines.flatMap(({ name, planned, topology, pathLog }) => {
    if (!topology || !pathLog) return [];
    const paths = predictForGuest(planned, scenario.machines[name], topology);
    const { uses, refusals } = comparable(pathLog, scenario.steps);
    const steps = scenario.steps.filter(({ machine }) => machine === name);
    const nvmet = predictNvmet(steps, paths, published(planned, topology));
    return [
      ...uses.flatMap((use) => useCheck(name, use, nvmet)),
      ...refusals.flatMap((r) => refusalCheck(name, r, paths)),
    ];
  });
}

function comparable({ uses, refusals }: PathLog, steps: Step[]): PathLog {
  const changed = steps.findIndex(({ kind }) => !leaveTopologyAlone.test(kind));
  const before = new Set(steps.slice(0, changed < 0 ? undefined : changed).map(({ name }) => name));
  const isBefore = ({ step }: { step?: string }) => (step === undefined ? changed < 0 : before.has(step));
  return { uses: uses.filter(isBefore), refusals: refusals.filter(isBefore) };
}

/** Two subsystems may use a namespace id twice; the log does not say which one is meant. */
function useCheck(
  machine: string,
  { provider, nsid, line, step }: PathLog['uses'][number],
  nvmet: readonly NvmetPrediction[],
): Check[] {
  const possible = nvmet.filter((p) => p.nsid === nsid).map(({ choice }) => choice);
  const ok = possible.some((choice) => isPredicted(provider, choice));
  const want = possible.map(choiceText).join(' or ') || 'none';
  const reason = `nvmet uses ${provider} for namespace ${nsid} ${during(step)}, predicted is ${want} (console line ${line})`;
  return [
    {
      name: `${machine}: nvmet uses the predicted provider for namespace ${nsid} (${during(step)})`,
      ...{ ok, want, got: provider, blame: 'kernel', reason: ok ? undefined : reason },
    },
  ];
}

function refusalCheck(
  machine: string,
  { client, provider, line, step }: PathLog['refusals'][number],
  paths: PathPrediction[],
): Check[] {
  const path = paths.find((p) => p.client === client && p.provider === provider);
  if (!path || path.map === 'unknown') return [];
  const ok = path.map === 'refused';
  const want = pathText(path);
  const reason = `the kernel refuses ${client} → ${provider} ${during(step)}, predicted is ${want}: ${path.rule} (console line ${line})`;
  return [
    {
      name: `${machine}: the kernel refuses ${client} → ${provider} as predicted (${during(step)})`,
      ...{ ok, want, got: 'refused', blame: 'kernel', reason: ok ? undefined : reason },
    },
  ];
}

const during = (step: string | undefined) => (step === undefined ? 'outside of steps' : `in step ${step}`);
