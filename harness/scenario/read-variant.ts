import type { ZodType } from 'zod';
import { checkExpectations } from './check-expectations.js';
import { checkNames } from './check-names.js';
import { checkReferences } from './check-references.js';
import { checkValue } from './check-value.js';
import { placeDevices, type Draft } from './draft.js';
import { readOnly, type VariantFilter } from './only.js';
import type { Complain } from './problems.js';
import { readStep, stepNames, type StepAsRead } from './read-steps.js';
import type { Needs, Machine, Step, Expectation } from './scenario.js';
import { expectationSchema, machinesSchema, needsSchema } from './schema.js';
import { isMap } from './schema-parts.js';
import type { StepSyntax } from './step-syntax.js';
import { substitute, type Cell, type Matrix } from './variants.js';

/** The parts of a file that may hold variables, as written. */
export type Body = {
  needs: unknown;
  machines: unknown;
  steps: unknown[];
  expect: unknown[];
  keepStep: VariantFilter[];
  keepExpectation: VariantFilter[];
};

export type Language = { kinds: readonly StepSyntax[]; step: ZodType<StepAsRead> };

type ReadVariant = { needs: Needs; machines: Record<string, Machine>; steps: Step[]; expect: Expectation[] };

/** Takes the body out of the document and reads its `only:` keys. */
export function readBody(value: unknown, matrix: Matrix, complain: Complain): Body {
  const { needs, machines, ...rest } = isMap(value) ? value : {};
  const steps: unknown[] = Array.isArray(rest.steps) ? rest.steps : [];
  const expect: unknown[] = Array.isArray(rest.expect) ? rest.expect : [];
  const keepStep = steps.map((step, i) => readOnly(step, ['steps', i], matrix, complain));
  const keepExpectation = expect.map((e, i) => readOnly(e, ['expect', i], matrix, complain));
  return { needs, machines, steps, expect, keepStep, keepExpectation };
}

/** Reads and checks one variant; what it returns is whole only if nothing was complained of. */
export function readVariant(
  body: Body,
  cell: Cell,
  params: Record<string, string>,
  language: Language,
  complain: Complain,
): ReadVariant | undefined {
  const fill = <T>(value: T): T => substitute(value, { ...params, ...cell }) as T;
  const needs = checkValue(needsSchema, fill(body.needs), ['needs'], complain);
  const machines = checkValue(machinesSchema, fill(body.machines), ['machines'], complain);
  const machineNames = isMap(body.machines) ? Object.keys(body.machines) : [];
  const draft: Draft = {
    machineNames,
    devices: machines && placeDevices(machines),
    steps: readSteps(body, fill(body.steps), cell, machineNames, language, complain),
    expect: readExpectations(body, fill(body.expect), cell, complain),
  };
  checkNames(draft, complain);
  checkReferences(draft, complain);
  checkExpectations(draft, complain);
  const steps = draft.steps.flatMap(({ read }) => (read ? [read.step] : []));
  return needs && machines && { needs, machines, steps, expect: draft.expect.map((e) => e.expectation) };
}

function readSteps(
  { keepStep }: Body,
  filled: unknown[],
  cell: Cell,
  machines: readonly string[],
  language: Language,
  complain: Complain,
): Draft['steps'] {
  const names = stepNames(filled, language.kinds);
  const steps = filled.flatMap((raw, i) => {
    const place = { path: ['steps', i], name: names[i]!, machines };
    return keepStep[i]!(cell) ? [readStep(raw, place, language, complain)] : [];
  });
  if (filled.length > 0 && steps.length === 0)
    complain(['steps'], 'steps: want at least one step, found none left by only');
  return steps;
}

function readExpectations(
  { keepExpectation }: Body,
  filled: unknown[],
  cell: Cell,
  complain: Complain,
): Draft['expect'] {
  return filled.flatMap((raw, i) => {
    const path = ['expect', i];
    const expectation = keepExpectation[i]!(cell)
      ? checkValue(expectationSchema, raw, path, complain)
      : undefined;
    return expectation ? [{ path, expectation }] : [];
  });
}
