import type { Accounting, Pool } from '../evidence/accounting.js';
import type { Evidence, MachineEvidence, StepEvidence } from '../evidence/evidence.js';
import type { Check } from './check.js';

const pageBytes = 4096;

/**
 * After the last step every provider's pool is what it was before the first; and so it is, with the references on the
 * devices, when all that the steps set up has been taken back.
 */
export function checkAccounting({ machines, steps }: Evidence): Check[] {
  return machines.flatMap((seen) => {
    const { name: machine, idle } = seen;
    const { before, after, end } = idle;
    if (!before) return [];
    const providers = Object.keys(before);
    return [
      ...(after
        ? providers.map((p) =>
            seen.unplugged?.after?.includes(p)
              ? goneWithDevice(machine, p, after[p])
              : backToIdle({ machine, provider: p, before, after, steps }),
          )
        : []),
      ...(after && end ? providers.map((p) => stillIdle(machine, p, after[p], end[p])) : []),
      ...referenceChecks(seen),
    ];
  });
}

/** What is not plugged in has no memory to hand out. */
function goneWithDevice(machine: string, provider: string, after: Pool | undefined): Check {
  const [want, got] = [showPool(undefined), showPool(after)];
  return {
    name: `${machine}: ${provider}, which is unplugged, has no pool`,
    ...{ ok: want === got, want, got, blame: 'kernel' },
    ...(want !== got && { reason: `${provider} is unplugged, and the kernel still shows its pool: ${got}` }),
  };
}

/** A control run, too, gives back what it took. */
function stillIdle(machine: string, provider: string, after: Pool | undefined, end: Pool | undefined): Check {
  const [want, got] = [showPool(after), showPool(end)];
  return {
    name: `${machine}: ${provider}'s pool is the same when everything is taken back`,
    ...{ ok: want === got, want, got, blame: 'kernel' },
    ...(want !== got && {
      reason: `taking back what the steps set up changes ${provider}'s pool: ${want}, then ${got}`,
    }),
  };
}

/** Whoever takes a device's memory takes a reference on the device (pci_p2pmem_find_many() of p2pdma.c, 6.12). */
function referenceChecks({ name: machine, references }: MachineEvidence): Check[] {
  const { before = {}, end = {} } = references ?? {};
  return Object.entries(end).flatMap(([device, got]) => {
    const want = before[device];
    if (want === undefined) return []; // nothing to compare with: the module gave no answer then
    const what =
      got > want ? `${got - want} more references, nobody gave them back` : `${want - got} references less`;
    return [
      {
        name: `${machine}: ${device} has the references that it had`,
        ...{ ok: want === got, want: `${want}`, got: `${got}`, blame: 'kernel' },
        ...(want !== got && {
          reason: `the PCI device of ${device} has ${what}: ${want} before the first step, ${got} when all was taken back`,
        }),
      },
    ];
  });
}

type Idle = {
  machine: string;
  provider: string;
  before: Accounting;
  after: Accounting;
  steps: StepEvidence[];
};

function backToIdle({ machine, provider, before, after, steps }: Idle): Check {
  const [first, last] = [before[provider]!, after[provider]];
  const short = first.available - (last?.available ?? NaN);
  const since = shortSince(steps, provider);
  return {
    name: `${machine}: ${provider}'s pool is back to idle`,
    ok: showPool(first) === showPool(last),
    want: showPool(first),
    got: showPool(last),
    blame: 'kernel',
    reason:
      short === 0 || Number.isNaN(short)
        ? `${provider}'s pool changed: ${showPool(first)}, then ${showPool(last)}`
        : difference(provider, short, since),
  };
}

/** The first step after which `available` was lower than before it and never came back. */
function shortSince(steps: StepEvidence[], provider: string): string | undefined {
  const figure = (accounting?: Accounting) => accounting?.[provider]?.available;
  return steps.find(({ accounting }, n) => {
    const before = figure(accounting.before);
    const later = steps.slice(n).map((step) => figure(step.accounting.after));
    return before !== undefined && later.every((after) => after !== undefined && after < before);
  })?.name;
}

function difference(provider: string, short: number, since: string | undefined): string {
  const when = since === undefined ? 'after the last step' : `after step ${since}`;
  if (short < 0) return `available of ${provider} is ${-short} B more ${when} than before the first`;
  return `available of ${provider} is ${short} B short ${when}; ${Math.ceil(short / pageBytes)} pages leaked`;
}

export const showPool = (pool: Pool | undefined): string =>
  pool
    ? `${pool.available} B of ${pool.size} B, ${pool.published === 1 ? 'published' : 'not published'}`
    : 'no pool';
