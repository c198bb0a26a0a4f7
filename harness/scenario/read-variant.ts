import type { output, ZodType } from 'zod';
import { checkEndedMachines } from './check-ended-machines.js';
import { checkCompare, checkExpectations } from './check-expectations.js';
import { checkHotplug } from './check-hotplug.js';
import { checkLogMatches } from './check-log-matches.js';
import { checkNames } from './check-names.js';
import { checkRebind } from './check-rebind.js';
import { checkReferences } from './check-references.js';
import { checkValue } from './check-value.js';
import { placeDevices, type Draft } from './draft.js';
import { readOnly, type VariantFilter } from './only.js';
import type { Complain } from './problems.js';
import { readStep, stepNames, type StepAsRead } from './read-steps.js';
import { allowanceSchema } from './log-schema.js';
import { machinesSchema } from './machine-schema.js';
import type { Step, Expectation, LogMatch } from './scenario.js';
import { compareSchema, expectationSchema, kernelSchema, needsSchema, rebindSchema } from './schema.js';
import { isMap } from './schema-parts.js';
import type { StepSyntax } from './step-syntax.js';
import { substitute, type Cell, type Matrix } from './variants.js';

/** The parts of a file that may hold variables, as written. */
export type Body = {
  plain: Record<keyof typeof plainSchemas, unknown>;
  steps: unknown[];
  expect: unknown[];
  allow: unknown[];
  keepStep: VariantFilter[];
  keepExpectation: VariantFilter[];
  keepAllowance: VariantFilter[];
};

export type Language = { kinds: readonly StepSyntax[]; step: ZodType<StepAsRead> };

/** Keys whose values are read by their schema alone, in every variant. */
const plainSchemas = {
  kernel: kernelSchema,
  needs: needsSchema,
  machines: machinesSchema,
  rebind: rebindSchema,
  compare: compareSchema,
};
type Plain = { [K in keyof typeof plainSchemas]: output<(typeof plainSchemas)[K]> };
type ReadVariant = Plain & { steps: Step[]; expect: Expectation[]; allow: LogMatch[] };

/** Takes the body out of the document and reads its `only:` keys. */
export function readBody(value: unknown, matrix: Matrix, complain: Complain): Body {
  const { kernel, needs, machines, rebind, compare, ...rest } = isMap(value) ? value : {};
  const plain = { kernel, needs, machines, rebind, compare };
  const steps: unknown[] = Array.isArray(rest.steps) ? rest.steps : [];
  const expect: unknown[] = Array.isArray(rest.expect) ? rest.expect : [];
  const allow: unknown[] = Array.isArray(rest.allow) ? rest.allow : [];
  const keepStep = steps.map((step, i) => readOnly(step, ['steps', i], matrix, complain));
  const keepExpectation = expect.map((e, i) => readOnly(e, ['expect', i], matrix, complain));
  const keepAllowance = allow.map((a, i) => readOnly(a, ['allow', i], matrix, complain));
  return { plain, steps, expect, allow, keepStep, keepExpectation, keepAllowance };
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
  const plain = readPlain(fill(body.plain), complain);
  const { machines, rebind = [], compare = [] } = plain;
  const machineNames = isMap(body.plain.machines) ? Object.keys(body.plain.machines) : [];
  const draft: Draft = {
    machineNames,
    devices: machines && placeDevices(machines),
    steps: readSteps(body, fill(body.steps), cell, machineNames, language, complain),
    expect: readExpectations(body, fill(body.expect), cell, complain),
    allow: readAllowances(body, fill(body.allow), cell, complain),
  };
  checkNames(draft, complain);
  checkReferences(draft, complain);
  checkHotplug(draft, machines, complain);
  checkEndedMachines(draft, complain);
  checkExpectations(draft, complain);
  checkLogMatches(draft, complain);
  checkRebind(draft, rebind, complain);
  checkCompare(compare, stepNames(fill(body.steps), language.kinds), complain);
  const steps = draft.steps.flatMap(({ read }) => (read ? [read.step] : []));
  const expect = draft.expect.map(({ expectation }) => expectation);
  const allow = draft.allow.map(({ match }) => match);
  return isWhole(plain) ? { ...plain, steps, expect, allow } : undefined;
}

/** What could not be read is left out, and was complained of. */
function readPlain(filled: Body['plain'], complain: Complain): Partial<Plain> {
  const read = Object.entries(plainSchemas).flatMap(([key, schema]) => {
    const value = checkValue<unknown>(
      schema as ZodType<unknown>,
      filled[key as keyof Plain],
      [key],
      complain,
    );
    return value === undefined ? [] : [[key, value]];
  });
  return Object.fromEntries(read) as Partial<Plain>;
}

const isWhole = (plain: Partial<Plain>): plain is Plain =>
  (['needs', 'machines', 'rebind', 'compare'] as const).every((key) => plain[key] !== undefined);

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

function readAllowances(
  { keepAllowance }: Body,
  filled: unknown[],
  cell: Cell,
  complain: Complain,
): Draft['allow'] {
  return filled.flatMap((raw, i) => {
    const path = ['allow', i];
    const match = keepAllowance[i]!(cell) ? checkValue(allowanceSchema, raw, path, complain) : undefined;
    return match ? [{ path, match }] : [];
  });
}
