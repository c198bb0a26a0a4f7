import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { stringify } from 'yaml';
import { mutation } from '../../scenario/mutation.test.support.js';
import { parseYaml } from '../../scenario/yaml-source.js';
import { scenarioDir } from '../../cli/find-scenarios.js';
import { isFit, told } from '../../cli/told-of-file.test.support.js';

const texts = readdirSync(scenarioDir, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => readFileSync(path.join(scenarioDir, file), 'utf8'));
const values = texts.map((text) => (parseYaml(text) as { value: unknown }).value);

/** Any value where the library has another: keys stay, so that it is looked at in depth. */
const junk = fc.oneof(
  fc.constantFrom(
    null,
    true,
    0,
    -1,
    1e308,
    '',
    ' ',
    '${',
    '${x}',
    '${provider}',
    'none',
    '__proto__',
    'nvme0',
    '4k',
    '99999999999999999999G',
  ),
  fc.constantFrom([], {}, [[]], [null], { a: 1 }, { nvme: 'nvme0' }, { shell: { script: 'x' } }),
  fc.jsonValue({ maxDepth: 2 }),
);
function places(value: unknown, at: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [at];
  const entries: [string | number, unknown][] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value);
  return [at, ...entries.flatMap(([key, entry]) => places(entry, [...at, key]))];
}
function replaced(value: unknown, [key, ...rest]: (string | number)[], by: unknown): unknown {
  if (key === undefined) return by;
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }) as Record<
    string | number,
    unknown
  >;
  copy[key] = replaced(copy[key], rest, by);
  return copy;
}
const changedValue = fc.constantFrom(...values).chain((value) =>
  fc.array(fc.tuple(fc.nat(), junk), { minLength: 1, maxLength: 3 }).map((changes) =>
    changes.reduce<unknown>((changed, [n, by]) => {
      const all = places(changed);
      return replaced(changed, all[n % all.length]!, by);
    }, value),
  ),
);
const malformed = fc.oneof(
  fc
    .tuple(fc.constantFrom(...texts), fc.array(mutation, { minLength: 1, maxLength: 4 }))
    .map(([text, mutations]) => mutations.reduce((changed, mutate) => mutate(changed), text)),
  changedValue.map((value) => stringify(value)),
);

t.test(
  '2000 malformed files of the library: each problem has its place, and none is a stack trace',
  async (t) => {
    let refused = 0;
    fc.assert(
      fc.property(malformed, (text) => {
        const lines = told(text);
        if (lines.length > 0) refused++;
        if (!isFit(lines)) throw new Error(lines.join('\n'));
      }),
      { numRuns: 2_000 },
    );
    t.ok(refused > 1_000, `${refused} of 2000 were refused`);
  },
);
