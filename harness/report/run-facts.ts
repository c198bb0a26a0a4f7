import path from 'node:path';
import { scenarioTitle } from '../scenario/scenario.js';
import { inertLine } from './inert-text.js';
import type { Result, RunDocument } from './run-document.js';

// Words about a run that several formats say.

export type Kernel = RunDocument['kernels'][number];

export const outcomes = ['fail', 'broken', 'skip', 'pass'] as const;

/** As on the console, safe to print. */
export const titleOf = ({ scenario, variant }: Pick<Result, 'scenario' | 'variant'>): string =>
  inertLine(scenarioTitle(scenario, variant));

/** How many there are of each outcome. */
export function countOutcomes(results: readonly Result[]): Record<Result['outcome'], number> {
  const count = (outcome: Result['outcome']) => results.filter((r) => r.outcome === outcome).length;
  return { fail: count('fail'), broken: count('broken'), skip: count('skip'), pass: count('pass') };
}

/** `1 fail, 3 pass`; and that there may be more to come when the run did not end. */
export function countsText({ state, results }: Pick<RunDocument, 'state' | 'results'>): string {
  const counts = countOutcomes(results);
  const told = outcomes.filter((outcome) => counts[outcome] > 0).map((o) => `${counts[o]} ${o}`);
  return `${told.join(', ') || 'nothing ran'}${stateText(state)}`;
}

/** Empty when the run came to its end. */
export const stateText = (state: RunDocument['state']): string =>
  ({
    finished: '',
    running: ' (the run goes on, or was killed)',
    interrupted: ' (interrupted before the end)',
    broken: ' (broken off before the end)',
  })[state];

/** `p2pmem-6.12 (6.12.117) with my-fix.patch`: the patches that were stacked on it by hand. */
export function kernelText(kernel: Kernel): string {
  const extra = stackedPatches(kernel).map((patch) => path.posix.basename(patch));
  const patches = extra.length > 0 ? ` with ${extra.join(', ')}` : '';
  return inertLine(`${kernel.name} (${kernel.release})${patches}`);
}

/** The files that `--patch` named; `kernel/kernel-recipe.ts` gives them that name. */
export const stackedPatches = ({ series }: Kernel): string[] =>
  series.filter(({ name }) => name === '--patch').flatMap(({ patches }) => patches);

/** Without `--patch`. */
export const seriesNames = ({ series }: Kernel): string[] =>
  series.filter(({ name }) => name !== '--patch').map(({ name }) => name);

/** The run's own words, kernels first: what a reader needs to know before the results. */
export function environmentRows({
  host,
  image,
  harness,
  kernels,
}: Pick<RunDocument, 'host' | 'image' | 'harness' | 'kernels'>): [string, string][] {
  const kernelRows = kernels.map((kernel): [string, string] => {
    const { package: name, version } = kernel.source ?? {};
    const source = name === undefined ? '' : `${[name, version].filter(Boolean).join(' ')}, `;
    const series = seriesNames(kernel).join(', ');
    return ['kernel', `${kernelText(kernel)}: ${source}${series ? `series ${series}, ` : ''}id ${kernel.id}`];
  });
  const rows: [string, string][] = [
    ...kernelRows,
    ['image', `${image.name}, id ${image.id}`],
    ['emulator', `QEMU ${host.qemu}, ${host.accelerator} (${host.acceleratorWhy})`],
    ['host', `${host.cpus} CPUs (${host.cpuModel}), ${host.memoryMiB} MiB, Linux ${host.kernel}`],
    ['harness', `p2plab ${harness.version}, Node ${host.node}`],
  ];
  return rows.map(([name, value]) => [name, inertLine(value)]);
}

/** Which results are of a boot that others had before, and which were run again for that. No rows when none is. */
export function bootRows(results: readonly Result[]): [string, string][] {
  const shared = results.filter(({ sharedBoot }) => sharedBoot && sharedBoot.outcome === undefined);
  const rows: [string, string][] = results.flatMap((result) => {
    const told = disputeText(result);
    return told === undefined ? [] : [['run again', `${titleOf(result)}: ${told}`]];
  });
  if (shared.length === 0) return rows;
  const count = `${shared.length} of ${results.length} results are of machines that another variant had before and left as it found them`;
  return [['boots', count], ...rows];
}

/** `same boot as nvmeof-rdma-p2p [provider=shm0]`; undefined of a boot of its own. */
export function bootText({ sharedBoot }: Result): string | undefined {
  const last = sharedBoot?.after.at(-1);
  return last === undefined || sharedBoot?.outcome !== undefined
    ? undefined
    : `same boot as ${inertLine(last)}`;
}

/** Of a result that is another than on the boot that it shared first. */
export function disputeText({ sharedBoot }: Result): string | undefined {
  if (sharedBoot?.outcome === undefined) return undefined;
  const { after, outcome, reasons = [], folder } = sharedBoot;
  const text = `${outcome} on the boot of ${after.join(', ')} (${reasons[0]}; ${folder}), so run again on its own`;
  return inertLine(text);
}
