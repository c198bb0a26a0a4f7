import { backgroundSteps } from './background-steps.js';
import { normaliseText } from './normalise-text.js';
import type { LoadedRun } from './load-run.js';
import type { Result, RunDocument } from './run-document.js';
import { kernelText, titleOf } from './run-facts.js';

export type Outcome = Result['outcome'];

/**
 * `new`: passed in base and fails. `fixed`: the other way round. `failing`: in both. `unclear`: in one of them it was
 * broken or skipped, so that nothing is known of that kernel. `added` and `removed`: it is in one run only.
 */
export const changeKinds = ['new', 'fixed', 'failing', 'unclear', 'added', 'removed'] as const;
export type ResultChange = {
  title: string;
  change: (typeof changeKinds)[number];
  base?: Outcome;
  head?: Outcome;
  /** Of a failure in both: whether it fails for another reason. */
  otherReason?: boolean;
  /** Of head, or of base when head has none. */
  reasons: string[];
};

/**
 * A `count` is of NVMe commands and of bytes; it is the same in each boot, but where requests merge. A `time` is an
 * emulator's, and what else the host does moves it.
 */
export type NumberChange = {
  title: string;
  name: string;
  unit: string;
  base: number;
  head: number;
  kind: 'count' | 'time';
};
/** Regions that a drive's data was in. */
export type WayChange = { title: string; step: string; base: string[]; head: string[] };
export type TextChange = { what: string; base: string; head: string };

export type RunComparison = {
  base: { id: string; kernels: string[] };
  head: { id: string; kernels: string[] };
  results: ResultChange[];
  ways: WayChange[];
  numbers: NumberChange[];
  properties: TextChange[];
  environment: TextChange[];
};

/** What is not the same in two runs, result by result; what is the same is left out, but for what fails in both. */
export function compareRuns({ run: base }: LoadedRun, { run: head }: LoadedRun): RunComparison {
  const before = new Map(base.results.map((result) => [titleOf(result), result]));
  const after = new Map(head.results.map((result) => [titleOf(result), result]));
  const titles = [...new Set([...after.keys(), ...before.keys()])];
  const pairs = titles.map((title) => ({ title, base: before.get(title), head: after.get(title) }));
  return {
    base: { id: base.id, kernels: base.kernels.map(kernelText) },
    head: { id: head.id, kernels: head.kernels.map(kernelText) },
    results: pairs.flatMap(resultChange).sort((a, b) => rank(a) - rank(b)),
    ways: pairs.flatMap(wayChanges),
    numbers: pairs.flatMap(numberChanges),
    properties: pairs.flatMap(propertyChanges),
    environment: environmentChanges(base, head),
  };
}

type Pair = { title: string; base?: Result; head?: Result };

const rank = ({ change }: ResultChange) => changeKinds.indexOf(change);

function resultChange({ title, base, head }: Pair): ResultChange[] {
  const change = changeOf(base?.outcome, head?.outcome);
  if (change === undefined) return [];
  const reasons = (head ?? base)!.reasons;
  const otherReason =
    change === 'failing' ? normalised(base!.reasons) !== normalised(head!.reasons) : undefined;
  return [{ title, change, base: base?.outcome, head: head?.outcome, otherReason, reasons }];
}

function changeOf(base: Outcome | undefined, head: Outcome | undefined): ResultChange['change'] | undefined {
  if (base === undefined) return 'added';
  if (head === undefined) return 'removed';
  if (base === head) return head === 'fail' ? 'failing' : undefined;
  if (base === 'pass' && head === 'fail') return 'new';
  return base === 'fail' && head === 'pass' ? 'fixed' : 'unclear';
}

const normalised = (reasons: readonly string[]) => reasons.map(normaliseText).join('\n');

/** Whether both came far enough to be compared: where a run was broken off, its numbers say nothing. */
const judged = ({ base, head }: Pair) =>
  [base, head].every((result) => result?.outcome === 'pass' || result?.outcome === 'fail');

function numberChanges({ title, base, head }: Pair): NumberChange[] {
  if (!base || !head || !judged({ title, base, head })) return [];
  const before = new Map(numbersOf(base).map((number) => [number.name, number]));
  return numbersOf(head).flatMap(({ name, unit, value, kind }) => {
    const was = before.get(name);
    if (was === undefined || was.value === value) return [];
    return [{ title, name, unit, base: was.value, head: value, kind }];
  });
}

type Numbered = Pick<NumberChange, 'name' | 'unit' | 'kind'> & { value: number };

/** Metrics, and how many commands and bytes there were, step by step. */
function numbersOf(result: Result): Numbered[] {
  const counted = transfersOf(result).flatMap(({ way, commands, bytesByRegion }): Numbered[] => [
    { name: `${way} commands`, unit: 'commands', value: commands, kind: 'count' },
    ...Object.entries(bytesByRegion).map(([region, value]): Numbered => {
      return { name: `${way} in ${region}`, unit: 'B', value, kind: 'count' };
    }),
  ]);
  const timed = result.metrics.map(({ name, unit, value }): Numbered => ({
    name,
    unit,
    value,
    kind: 'time',
  }));
  return [...counted, ...timed];
}

/** Where data was in another region: a kernel that falls back to RAM in silence is one. */
function wayChanges({ title, base, head }: Pair): WayChange[] {
  if (!base || !head || !judged({ title, base, head })) return [];
  const before = new Map(transfersOf(base).map(({ way, regions }) => [way, regions]));
  return transfersOf(head).flatMap(({ way, regions }) => {
    const was = before.get(way);
    return was === undefined || was.join() === regions.join()
      ? []
      : [{ title, step: way, base: was, head: regions }];
  });
}

/** Of steps that have their I/O to themselves. */
function transfersOf(result: Result) {
  const background = backgroundSteps(result);
  const steps = result.evidence.steps.filter(({ name }) => !background.has(name));
  return steps.flatMap(({ name, transfers }) =>
    transfers.map(({ machine, drive, direction, commands, bytesByRegion }) => {
      const regions = Object.keys(bytesByRegion).filter((region) => bytesByRegion[region]! > 0);
      return {
        way: `${name}: ${machine} ${drive} ${direction}`,
        commands,
        bytesByRegion,
        regions: regions.sort(),
      };
    }),
  );
}

function propertyChanges({ title, base, head }: Pair): TextChange[] {
  if (!base || !head) return [];
  const before = new Map(base.comparison.map(({ property, value }) => [property, value]));
  return head.comparison.flatMap(({ property, value }) => {
    const was = before.get(property);
    if (was === undefined || was === value) return [];
    return [{ what: `${property}, ${title}`, base: was, head: value }];
  });
}

/** The kernels are what is compared: their patches and releases are told as well, their ids are not. */
function environmentChanges(base: RunDocument, head: RunDocument): TextChange[] {
  const before = new Map(environmentOf(base));
  const after = new Map(environmentOf(head));
  return [...new Set([...after.keys(), ...before.keys()])].flatMap((what) => {
    const [was, is] = [before.get(what) ?? 'none', after.get(what) ?? 'none'];
    return was === is ? [] : [{ what, base: was, head: is }];
  });
}

function environmentOf({ kernels, host, image, harness }: RunDocument): [string, string][] {
  const { cpuModel, cpus, memoryMiB, kernel, qemu, accelerator, node } = host;
  return [
    ...kernels.flatMap(({ name, release, source, series }): [string, string][] => [
      [`kernel ${name}: release`, release],
      [`kernel ${name}: source`, source?.version ?? 'unknown'],
      ...series.map((s): [string, string] => [
        s.name === '--patch' ? `kernel ${name}: patches on top` : `kernel ${name}: series ${s.name}`,
        s.patches.join(', '),
      ]),
    ]),
    ['image', `${image.name} ${image.id}`],
    ['QEMU', qemu],
    ['accelerator', accelerator],
    ['host CPUs', `${cpus}, ${cpuModel}`],
    ['host memory', `${memoryMiB} MiB`],
    ['host kernel', kernel],
    ['Node', node],
    ['p2plab', harness.version],
  ];
}
