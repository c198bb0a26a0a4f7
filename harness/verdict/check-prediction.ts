import type { Evidence, MachineEvidence } from '../evidence/evidence.js';
import { predictForGuest } from '../evidence/topology-hierarchy.js';
import type { PathAnswer, TopologyEvidence } from '../evidence/topology.js';
import { predictChoice, type ChoicePrediction } from '../plan/predict-choice.js';
import type { PathMap, PathPrediction } from '../plan/predict.js';
import type { Check } from './check.js';

/** Every answer of the guest's kernel about a path, and its choice of a provider, is the predicted one. */
export function checkPrediction({ scenario, machines }: Evidence): Check[] {
  return machines.flatMap(({ name, planned, topology }) => {
    if (!topology) return [];
    const paths = predictForGuest(planned, scenario.machines[name], topology);
    if (paths.length === 0) return [];
    if (!topology.answers) return [notAsked(name)];
    const { answers } = topology;
    return [
      ...paths.map((path) => pathCheck(name, path, answers.paths)),
      ...[...new Set(paths.map(({ client }) => client))].map((client) =>
        choiceCheck(
          name,
          client,
          predictChoice([client], paths, published(planned, topology)),
          answers.choices,
        ),
      ),
    ];
  });
}

/** Ids of the providers whose memory is published in the guest. */
export function published(
  { devices }: MachineEvidence['planned'],
  { functions }: TopologyEvidence,
): Set<string> {
  const bdfs = new Set(functions.filter(({ pool }) => pool?.published).map(({ bdf }) => bdf));
  return new Set(devices.filter(({ bdf }) => bdfs.has(bdf)).map(({ id }) => id));
}

/** No evidence against the kernel, and said so, that nobody takes it for evidence in favour. */
const notAsked = (machine: string): Check => ({
  name: `${machine}: peer-to-peer paths are as predicted`,
  ok: true,
  want: "the kernel's own answers",
  got: 'not compared: this kernel has no test module to ask (kernels/series/p2pmem-test)',
  blame: 'kernel',
});

function pathCheck(machine: string, path: PathPrediction, answers: readonly PathAnswer[]): Check {
  const { client, provider, rule } = path;
  const answer = answers.find((a) => a.client === client && a.provider === provider);
  const want = pathText(path);
  const check = {
    name: `${machine}: ${client} → ${provider} is as predicted`,
    want,
    blame: 'kernel' as const,
  };
  if (!answer || 'error' in answer) {
    const got = answer ? `the question failed: ${answer.error}` : 'no answer';
    return {
      ...check,
      ok: false,
      got,
      reason: `asked for the path ${client} → ${provider}, the kernel gave no answer`,
    };
  }
  if (path.map === 'unknown') return { ...check, ok: true, got: `not compared: ${pathText(answer)}` };
  if (answer.map === 'none')
    return { ...check, ok: true, got: `not compared: ${provider} has no peer memory here` };
  const got = pathText(answer);
  const reason = `${client} → ${provider}: the kernel says ${got}, predicted is ${want}: ${rule}`;
  return { ...check, ok: got === want, got, reason: got === want ? undefined : reason };
}

const mapText: Record<PathMap | 'none', string> = {
  bus: 'bus address',
  'host-bridge': 'through host bridge',
  refused: 'refused',
  unknown: 'unknown',
  none: 'no peer memory',
};

/** Of a refused path the kernel tells no distance (pci_p2pdma_distance_many returns -1). */
export function pathText({ distance, map }: { distance: number; map: PathMap | 'none' }): string {
  return map === 'refused' || map === 'none' ? mapText[map] : `distance ${distance}, ${mapText[map]}`;
}

function choiceCheck(
  machine: string,
  client: string,
  choice: ChoicePrediction,
  answers: NonNullable<TopologyEvidence['answers']>['choices'],
): Check {
  const answer = answers.find((a) => a.client === client);
  const got = !answer || 'error' in answer ? 'no answer' : answer.provider;
  const want = choiceText(choice);
  const ok = isPredicted(got, choice);
  const reason = `for ${client} the kernel chooses ${got}, predicted is ${want}`;
  const name = `${machine}: the provider chosen for ${client} is as predicted`;
  return { name, ok, want, got, blame: 'kernel', reason: ok ? undefined : reason };
}

/** @param chosen an id, or `none` */
export function isPredicted(chosen: string, { providers, perhaps }: ChoicePrediction): boolean {
  return chosen === 'none' ? providers.length === 0 : [...providers, ...perhaps].includes(chosen);
}

/** `nvme0 or shm0`, `none` */
export function choiceText({ providers, perhaps }: ChoicePrediction): string {
  const sure = providers.length === 0 ? ['none'] : providers;
  return [...sure, ...perhaps.map((id) => `perhaps ${id}`)].join(' or ');
}
