import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { asHarnessError, HarnessError, Interrupted } from '../common/errors.js';
import type { Measurement } from '../cost/measurement.js';
import type { RunDocument } from '../report/run-document.js';
import { saveBench, type BenchDocument, type BootCost } from './bench-document.js';
import type { SideName } from './boot.js';
import { compareBoots, notInAll } from './compare-boots.js';
import { exactMetrics } from './exact-metrics.js';
import { endOfBench, nextBoot, type NextBoot } from './next-boot.js';

/** What one boot left: a run folder with one result that passed. */
export type BootRun = Pick<RunDocument, 'host' | 'image'> & {
  kernel: RunDocument['kernels'][number];
  measurements: Measurement[];
  costs: BootCost[];
};

/** What a bench needs of the world: in tests something quicker. */
export type BenchLab = {
  /**
   * Boots a side once, in this folder.
   * @throws HarnessError when the result is not a pass: a failing run has no numbers
   */
  boot(side: SideName, dir: string, options: Pick<NextBoot, 'controls' | 'cost'>): Promise<BootRun>;
  /** Head against base by kernel function, of run folders of each. */
  costText(base: readonly string[], head: readonly string[]): Promise<string>;
  /** Milliseconds, from anywhere. */
  now(): number;
};

export type Told = { onBoot(boot: NextBoot, document: BenchDocument): void };

/**
 * Boots both sides in turn until every metric is resolved or the time is used up. `start` is a new document, or what an
 * earlier start left: its boots are not done again. bench.json is whole and valid after each.
 * @throws HarnessError when a boot does not pass; Interrupted. The document says so, too.
 */
export async function runBench(
  dir: string,
  start: BenchDocument,
  lab: BenchLab,
  { onBoot }: Told,
  signal: AbortSignal,
): Promise<BenchDocument> {
  let document: BenchDocument = { ...start, state: 'running', endedAt: null, problem: undefined };
  try {
    for (;;) {
      document = compared(document);
      const ended = endOfBench(document.boots, document.comparisons, limitsOf(document));
      if (ended) return (document = await finish(dir, { ...document, ended }, lab));
      await saveBench(dir, document);
      if (signal.aborted) throw new Interrupted();
      const next = nextBoot(document.boots, document.comparisons, askedOf(document));
      onBoot(next, document);
      document = await booted(dir, document, next, lab);
    }
  } catch (error) {
    await saveBench(dir, endedBy(error, document, signal));
    throw error;
  }
}

/** So many boots of each side tell the cost by function: to read one takes seconds. */
const mostCosts = 3;

const askedOf = ({ kinds, resolutionPercent }: BenchDocument) => ({
  kinds,
  resolution: resolutionPercent / 100,
});

const limitsOf = ({ resolutionPercent, budgetSeconds }: BenchDocument) => ({
  resolution: resolutionPercent / 100,
  budgetSeconds,
});

/** All that follows from the boots. */
export function compared(document: BenchDocument): BenchDocument {
  const { boots, seed, kinds, resolutionPercent } = document;
  const those = boots.filter(({ warmUp }) => !warmUp);
  const exact = exactMetrics(those.map(({ costs }) => costs));
  const counted = those.map(({ side, measurements }, n) => ({
    side,
    measurements: [...exact[n]!, ...measurements].filter(({ kind }) => kinds.includes(kind)),
  }));
  const enough = counted.length >= 2;
  return {
    ...document,
    pairs: Math.floor(counted.length / 2),
    usedSeconds: tenths(boots.reduce((sum, { seconds }) => sum + seconds, 0)),
    comparisons: enough ? compareBoots(counted, { resolution: resolutionPercent / 100, seed }) : [],
    notInAll: enough ? notInAll(counted) : [],
  };
}

async function booted(
  dir: string,
  document: BenchDocument,
  { side, warmUp, controls, cost, folder }: NextBoot,
  lab: BenchLab,
): Promise<BenchDocument> {
  await rm(path.join(dir, folder), { recursive: true, force: true }); // of a boot that was interrupted
  const startedAt = new Date().toISOString();
  const load = Math.round(os.loadavg()[0]! * 100) / 100;
  const began = lab.now();
  const run = await lab.boot(side, path.join(dir, folder), { controls, cost });
  mustBeSame(document[side], run);
  const seconds = tenths((lab.now() - began) / 1000);
  const { host, image, kernel, measurements, costs } = run;
  const boot = { side, warmUp, folder, startedAt, seconds, load, measurements, costs };
  const sides = { ...document, [side]: { ...document[side], built: kernel } };
  return { ...withSame(sides), host, image, boots: [...document.boots, boot] };
}

/** Known when both kernels are. */
function withSame(document: BenchDocument): BenchDocument {
  const { base, head } = document;
  const same =
    base.built !== undefined && base.built.id === head.built?.id && base.scenarioId === head.scenarioId;
  return { ...document, same };
}

function mustBeSame({ built, label }: BenchDocument['base'], { kernel }: BootRun): void {
  if (built === undefined || built.id === kernel.id) return;
  throw new HarnessError('scenario', `${label} is another kernel now: ${kernel.id}, and was ${built.id}`, {
    remedy: 'begin in a new folder, with another --out',
  });
}

async function finish(dir: string, document: BenchDocument, lab: BenchLab): Promise<BenchDocument> {
  const foldersOf = (name: SideName) =>
    document.boots
      .filter(({ side, warmUp, costs }) => side === name && !warmUp && costs.length > 0)
      .slice(0, mostCosts)
      .map(({ folder }) => path.join(dir, folder));
  const [base, head] = [foldersOf('base'), foldersOf('head')];
  const costText = base.length > 0 && head.length > 0 ? await lab.costText(base, head) : undefined;
  const finished: BenchDocument = { ...document, costText, state: 'finished', endedAt: now() };
  await saveBench(dir, finished);
  return finished;
}

function endedBy(error: unknown, document: BenchDocument, signal: AbortSignal): BenchDocument {
  if (error instanceof Interrupted || signal.aborted)
    return { ...document, state: 'interrupted', endedAt: now() };
  const { message, remedy, evidence } = asHarnessError(error);
  return { ...document, state: 'broken', endedAt: now(), problem: { message, remedy, evidence } };
}

const now = () => new Date().toISOString();
const tenths = (seconds: number) => Math.round(seconds * 10) / 10;
