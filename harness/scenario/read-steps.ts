import * as z from 'zod';
import type { ZodType } from 'zod';
import { byKey } from './by-key.js';
import { checkValue } from './check-value.js';
import type { DraftStep } from './draft.js';
import { wantText, type Complain, type Path } from './problems.js';
import { stepName } from './schema.js';
import { inWords, isMap } from './schema-parts.js';
import type { StepSyntax } from './step-syntax.js';

type Kinds = readonly StepSyntax[];
export type StepAsRead = { name?: string; on?: string; kind: string; params: unknown };

const made = new WeakMap<Kinds, ZodType<StepAsRead>>();

/** The steps as a map from kind to params, with `name`, `on` and `only` beside it; made once for the kinds of all files. */
export function stepSchema(kinds: Kinds): ZodType<StepAsRead> {
  const schema = made.get(kinds) ?? makeStepSchema(kinds);
  made.set(kinds, schema);
  return schema;
}

function makeStepSchema(kinds: Kinds): ZodType<StepAsRead> {
  const maps = kinds.map(({ kind, params }) => {
    const schema = z
      .strictObject({
        [kind]: params as ZodType<unknown>,
        name: stepName.optional(),
        on: z.string().optional(),
        only: z.unknown().optional(),
      })
      .transform((step) => ({ ...(step as StepAsRead), kind, params: step[kind] }));
    return [kind, schema as unknown as ZodType<StepAsRead>] as const;
  });
  return byKey('a step', Object.fromEntries(maps));
}

/**
 * Names for all steps of a file, also those that a variant leaves out, so that a step has one name in all of them.
 * Unnamed ones are called by their kind: fio, fio-2, ..., past the names that others were given.
 */
export function stepNames(steps: readonly unknown[], kinds: Kinds): string[] {
  const given = steps.map((step) => (isMap(step) && typeof step.name === 'string' ? step.name : undefined));
  const taken = new Set(given);
  return steps.map((step, index) => {
    if (given[index] !== undefined) return given[index];
    const kind = kinds.find(({ kind }) => isMap(step) && Object.hasOwn(step, kind))?.kind ?? 'step';
    let name = kind;
    for (let n = 2; taken.has(name); n++) name = `${kind}-${n}`;
    taken.add(name);
    return name;
  });
}

/** Reads one step; its name is in the result even when the rest cannot be read. */
export function readStep(
  raw: unknown,
  { path, name, machines }: { path: Path; name: string; machines: readonly string[] },
  { kinds, step: schema }: { kinds: Kinds; step: ZodType<StepAsRead> },
  complain: Complain,
): DraftStep {
  const read = checkValue(schema, raw, path, complain);
  const syntax = kinds.find(({ kind }) => kind === read?.kind);
  const machine = read && chooseMachine(read.on, machines, [...path, 'on'], complain);
  if (!read || !syntax || machine === undefined) return { path, name };
  return { path, name, read: { syntax, step: { name, kind: read.kind, machine, params: read.params } } };
}

function chooseMachine(
  on: string | undefined,
  names: readonly string[],
  path: Path,
  complain: Complain,
): string | undefined {
  if (on === undefined && names.length === 1) return names[0];
  if (on !== undefined && names.includes(on)) return on;
  if (names.length > 0) complain(path, wantText(path, `the machine ${inWords(names)}`, on));
  return undefined;
}
