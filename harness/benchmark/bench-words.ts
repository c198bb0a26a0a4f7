import path from 'node:path';
import { formatDuration } from '../common/size.js';
import { inertLine } from '../report/inert-text.js';
import { kernelText, type Kernel } from '../report/run-facts.js';
import type { BenchDocument } from './bench-document.js';
import type { SideName } from './boot.js';
import { nameOf } from './compare-boots.js';
import type { Comparison, Verdict } from './comparison.js';

// Words about a bench that several formats say.

/** The most telling first. */
export const verdictOrder: readonly Verdict[] = ['worse', 'better', 'unclear', 'same'];

export const verdictTitles: Record<Verdict, string> = {
  worse: 'Worse',
  better: 'Better',
  unclear: 'Cannot tell',
  same: 'No difference',
};

export const clockWarning =
  'Times and throughput are those of an emulator: absolutes are artefacts and are not told, only ratios of head to base.';

/** `write instructions/IO`. */
export const metricText = (comparison: Pick<Comparison, 'step' | 'metric'>): string =>
  inertLine(nameOf(comparison));

/** `1 worse, 3 no difference`: how many of each verdict. */
export function countsText({ comparisons, state }: Pick<BenchDocument, 'comparisons' | 'state'>): string {
  const told = verdictOrder.flatMap((verdict) => {
    const count = comparisons.filter((c) => c.verdict === verdict).length;
    return count === 0 ? [] : [`${count} ${verdictTitles[verdict].toLowerCase()}`];
  });
  return `${told.join(', ') || 'nothing compared'}${stateTexts[state]}`;
}

const stateTexts: Record<BenchDocument['state'], string> = {
  finished: '',
  running: ' (it goes on, or was killed)',
  interrupted: ' (interrupted before the end)',
  broken: ' (broken off before the end)',
};

/** The kernel as it was built, and what else makes the side what it is. */
export function sideText({ label, built, set }: BenchDocument[SideName]): string {
  const kernel = built === undefined ? label : kernelText({ ...built, name: shortName(built.name) });
  const settings = Object.entries(set).map(([key, value]) => `${key}=${value}`);
  return inertLine([kernel, ...settings].join(', '));
}

/** Of a definition that `--head-config` made, what it is called and not where it lies. */
const shortName = (name: string): string => (name.endsWith('.yaml') ? path.basename(name, '.yaml') : name);

/** `base against head`, or that they are one. */
export const sidesText = ({ base, head, same }: Pick<BenchDocument, SideName | 'same'>): string =>
  same
    ? `${sideText(head)} against itself (A/A: what differs is noise)`
    : `${sideText(head)} against ${sideText(base)}`;

/** How it was measured, in a sentence. */
export function methodText(document: BenchDocument): string {
  const { boots, pairs, usedSeconds, ended, resolutionPercent, budgetSeconds, confidencePercent } = document;
  const why = {
    resolved: `every metric is resolved to ${resolutionPercent} % or tells its difference well`,
    budget: `the time of ${formatDuration(budgetSeconds * 1000)} is used up`,
  };
  return (
    `${pairs} fresh boots of each side, one at a time, in the order base, head, head, base, ` +
    `${boots.some(({ warmUp }) => warmUp) ? 'after one of each that is not counted' : 'from the first on'}; ${formatDuration(usedSeconds * 1000)} in all` +
    `${ended === undefined ? '' : `, and ${why[ended]}`}. ` +
    `Intervals are of ${confidencePercent} %, all metrics together.`
  );
}

/** What is neither a kernel nor of the host: the scenario, and how busy the host was. */
export function benchRows({ scenario, base, head, boots }: BenchDocument): [string, string][] {
  const loads = boots.map(({ load }) => load);
  const ids =
    base.scenarioId === head.scenarioId ? base.scenarioId : `${base.scenarioId}, ${head.scenarioId}`;
  const load = loads.length === 0 ? [] : [['load', `${Math.min(...loads)} to ${Math.max(...loads)}`]];
  return [['scenario', `${inertLine(scenario)}, id ${ids}`], ...(load as [string, string][])];
}

/** The kernels that were booted, each once. */
export const kernelsOf = ({ base, head }: Pick<BenchDocument, SideName>): Kernel[] => {
  const built = [base.built, head.built].filter((kernel) => kernel !== undefined);
  return built.filter((kernel, n) => built.findIndex(({ id }) => id === kernel.id) === n);
};
