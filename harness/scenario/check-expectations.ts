import { describeDevice, fits, idsInWords, wantWords } from './check-references.js';
import type { Draft, DraftStep, PlacedDevice } from './draft.js';
import { wantText, type Complain, type Path } from './problems.js';
import type { Comparison, DataExpectation } from './scenario.js';
import { inWords } from './schema-parts.js';

/** Every expectation is of steps and devices that this variant has. */
export function checkExpectations({ devices, steps, expect }: Draft, complain: Complain): void {
  for (const { path, expectation } of expect) {
    if (expectation.type === 'value') {
      const [step] = expectation.of.split('.');
      checkStep(step!, steps, [...path, 'value'], complain);
      continue;
    }
    if (expectation.type === 'ratio') {
      for (const key of ['of', 'to'] as const)
        checkStep(expectation[key].split('.')[0]!, steps, [...path, 'ratio', key], complain);
      continue;
    }
    if (expectation.type === 'log') continue; // checkLogMatches
    expectation.steps.forEach((step, index) => {
      const place = [...path, 'data', 'steps'];
      checkStep(step, steps, expectation.steps.length > 1 ? [...place, index] : place, complain);
    });
    if (devices) checkDevices(expectation, devices, [...path, 'data'], complain);
  }
}

export function checkStep(step: string, steps: readonly DraftStep[], path: Path, complain: Complain): void {
  if (steps.some(({ name }) => name === step)) return;
  const names = steps.filter(({ read }) => read).map(({ name }) => name);
  complain(
    path,
    wantText(path, names.length > 0 ? `a step (${inWords([...new Set(names)])})` : 'a step', step),
  );
}

/** A property may be told by a step that this variant leaves out, but not by one that no variant has. */
export function checkCompare(
  compare: readonly Comparison[],
  stepNames: readonly string[],
  complain: Complain,
): void {
  compare.forEach(({ of }, index) => {
    const [step = ''] = of.split('.');
    if (of === 'outcome' || stepNames.includes(step)) return;
    const path = ['compare', ...(compare.length > 1 ? [index] : []), 'of'];
    complain(path, wantText(path, `a step (${inWords([...new Set(stepNames)])})`, step));
  });
}

function checkDevices(
  { drive, through }: DataExpectation,
  devices: readonly PlacedDevice[],
  path: Path,
  complain: Complain,
): void {
  const check = (key: string, id: string, want: 'nvme' | 'provider', legal: readonly PlacedDevice[]) => {
    const ids = legal.filter(({ device }) => fits(device, want)).map(({ device }) => device.id);
    if (ids.includes(id)) return;
    const there = devices.find(({ device }) => device.id === id);
    const wanted = `${wantWords[want]} (${idsInWords(ids)})${want === 'provider' ? ' or none' : ''}`;
    const why = there ? `, ${describeDevice(there, !legal.includes(there))}` : '';
    complain([...path, key], wantText([...path, key], wanted, id) + why);
  };
  check('drive', drive, 'nvme', devices);
  const machine = devices.find(({ device }) => device.id === drive)?.machine;
  const beside = devices.filter((d) => machine === undefined || d.machine === machine);
  if (through !== 'none') check('through', through, 'provider', beside);
}
