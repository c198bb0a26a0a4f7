import { max, median, min } from 'simple-statistics';
import type { ApartCost, FunctionCost, StepCost } from '../cost/step-cost.js';

/**
 * Costs of several boots of one side as one: the median of each function, and how far the boots are apart as its spread.
 * A function that only some boots have on the I/O path wanders, and is set apart.
 */
export function mergeCosts(boots: readonly (readonly StepCost[])[]): StepCost[] {
  const [first = [], ...others] = boots;
  return first.map((cost) => {
    const same = others.flatMap(
      (costs) => costs.find(({ step, machine }) => step === cost.step && machine === cost.machine) ?? [],
    );
    return mergeStep([cost, ...same]);
  });
}

function mergeStep(costs: readonly StepCost[]): StepCost {
  const apartNames = new Set(costs.flatMap(({ apart }) => apart.map(({ name }) => name)));
  const names = [...new Set(costs.flatMap(({ functions }) => functions.map(({ name }) => name)))];
  const found = names.map((name) =>
    costs.flatMap(({ functions }) => functions.find((f) => f.name === name) ?? []),
  );
  const steady = (some: readonly FunctionCost[]) =>
    some.length === costs.length && !apartNames.has(some[0]!.name);
  const functions = found
    .filter(steady)
    .map((some): FunctionCost => ({ ...some[0]!, ...together(some) }))
    .sort((a, b) => b.perIo - a.perIo);
  const wandering = found
    .filter((some) => !steady(some) && !apartNames.has(some[0]!.name))
    .map((some): ApartCost => ({ name: some[0]!.name, why: 'wanders', ...together(some) }));
  return {
    ...costs[0]!,
    functions,
    apart: [...apartOf(costs), ...wandering].sort((a, b) => b.perIo - a.perIo),
    pathPerIo: functions.reduce((sum, { perIo }) => sum + perIo, 0),
    incomplete: costs.some(({ incomplete }) => incomplete),
  };
}

function apartOf(costs: readonly StepCost[]): ApartCost[] {
  const byName = new Map<string, ApartCost[]>();
  for (const one of costs.flatMap(({ apart }) => apart))
    byName.set(one.name, [...(byName.get(one.name) ?? []), one]);
  return [...byName.values()].map((some) => ({ ...some[0]!, ...together(some) }));
}

function together(some: readonly { perIo: number; spread: number }[]): { perIo: number; spread: number } {
  const values = some.map(({ perIo }) => perIo);
  const apart = max(values) - min(values);
  return { perIo: median(values), spread: Math.max(apart, ...some.map(({ spread }) => spread)) };
}
