import * as z from 'zod';
import type { ZodType } from 'zod';
import { byKey } from './by-key.js';
import { logExpectationSchema } from './log-schema.js';
import { optionalEvidence, type Comparison, type Expectation, type Needs } from './scenario.js';
import * as parts from './schema-parts.js';

const topKeys = 'a map with the keys name, title, machines and steps';
const anything = z.unknown().optional();
const variableName = parts.textLike('a variable name like provider', /^[a-z][A-Za-z0-9-]{0,59}$/);
const variableValue = parts.part('text or a number, without variables', (found) =>
  parts.isScalar(found) && !/\p{Cc}|\$\{/u.test(`${found}`) ? `${found}` : undefined,
);
const tag = parts.textLike(
  'a tag of lower-case letters, digits and dashes, other than and, or, not',
  /^(?!(?:and|or|not)$)[a-z][a-z0-9-]{0,59}$/,
);

/** The keys of the file; what may hold variables is read by the schemas below once they are put in. */
export const fileSchema = z.strictObject(
  {
    name: parts.name('a scenario name'),
    title: parts.line(),
    tags: parts.list(tag).default([]),
    without: parts.list(parts.oneOf(optionalEvidence)).default([]),
    boot: parts.oneOf(['shared', 'fresh']).default('shared'),
    matrix: anything,
    params: anything,
    kernel: anything,
    needs: anything,
    machines: anything,
    rebind: anything,
    steps: z.array(z.unknown(), 'a list of steps').min(1, 'at least one step').max(300, 'at most 300 steps'),
    expect: z.array(z.unknown(), 'a list of expectations').default([]),
    allow: z.array(z.unknown(), 'a list of log patterns').default([]),
    compare: anything,
  },
  { error: ({ code }) => (code === 'invalid_type' ? topKeys : undefined) },
);

/** What the variables can be, from which the variants follow. */
export const matrixSchema: ZodType<Record<string, string[]>> = z
  .record(
    variableName,
    parts.list(variableValue).refine((values) => new Set(values).size === values.length, 'each value once'),
  )
  .default({});

export const paramsSchema: ZodType<Record<string, string>> = z
  .record(variableName, variableValue)
  .default({});

const configSymbol = parts.textLike(
  'a config symbol without CONFIG_, like PCI_P2PDMA',
  /^(?!CONFIG_)[A-Z0-9]\w*$/,
);
const qemuDevice = parts.textLike('a QEMU device model like ivshmem-plain', /^[A-Za-z0-9][\w.-]*$/);

export const needsSchema: ZodType<Needs> = z
  .strictObject({
    kernel: parts.list(configSymbol).default([]),
    qemu: parts.list(qemuDevice).default([]),
  })
  .default({ kernel: [], qemu: [] });

export const kernelSchema: ZodType<string | undefined> = parts
  .textLike('the name of a kernel like p2pmem-6.12', /^[A-Za-z0-9][\w.-]*$/)
  .optional();

export const rebindSchema: ZodType<string[]> = parts
  .list(parts.deviceId('the id of a provider'))
  .refine((ids) => new Set(ids).size === ids.length, 'each provider once')
  .default([]);

export const stepName = parts.name('the name of a step');

const data: ZodType<Expectation> = z
  .strictObject({
    data: z.strictObject({
      steps: parts.list(stepName),
      drive: parts.deviceId('the id of a drive'),
      through: parts.deviceId('the id of a provider (or none)'),
      atLeast: parts.share(),
      commands: parts.count({ min: 1 }).optional(),
      configReads: parts.count().optional(),
    }),
    only: anything,
  })
  .transform(({ data }) => ({ type: 'data', ...data }));

const stepSample = /^[a-z][a-z0-9-]*\.[A-Za-z][\w.=-]*$/;
const sampleOf = () => parts.textLike('a step and its sample, like state.published', stepSample);

const value: ZodType<Expectation> = z
  .strictObject({
    value: sampleOf(),
    is: parts.part('text or a number', (found) =>
      parts.isScalar(found) ? numberIfWritten(found) : undefined,
    ),
    only: anything,
  })
  .transform(({ value: of, is }) => ({ type: 'value', of, is }));

const ratio: ZodType<Expectation> = z
  .strictObject({
    ratio: z.strictObject({ of: sampleOf(), to: sampleOf(), atLeast: parts.share() }),
    only: anything,
  })
  .transform(({ ratio }) => ({ type: 'ratio', ...ratio }));

export const compareSchema: ZodType<Comparison[]> = parts
  .list(
    z.strictObject({
      property: parts.line('the name of a property'),
      of: parts.textLike(
        'a step and its sample, like state.published, or outcome',
        new RegExp(`${stepSample.source}|^outcome$`),
      ),
    }),
  )
  .default([]);

export const expectationSchema = byKey<Expectation>('an expectation', {
  data,
  value,
  ratio,
  log: logExpectationSchema,
});

/** A number that came from a variable is text, but is meant as the number. */
function numberIfWritten(found: string | number): string | number {
  return /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,9})?$/.test(`${found}`) ? Number(found) : found;
}
