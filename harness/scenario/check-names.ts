import type { Draft } from './draft.js';
import type { Complain, Path } from './problems.js';

type Named = { name: string; path: Path };

/** Words that stand where an id can stand. */
export const reserved = ['none', 'ram', 'auto'];

/** Ids are unique over devices and connected disks, steps have unique names, and nothing is called as a word of the language. */
export function checkNames({ machineNames, devices = [], steps }: Draft, complain: Complain): void {
  const machines = machineNames.map((name) => ({ name, path: ['machines', name] }));
  for (const { name, path } of machines)
    if (reserved.includes(name)) complain(path, reservedText(name), 'key');

  const disks = steps.flatMap(({ path, read }) => {
    const names = read?.syntax.connects?.(read.step.params as never) ?? [];
    return names.map((name) => {
      const key = keyHolding(read!.step.params, name);
      return { name, path: [...path, read!.step.kind, ...key] };
    });
  });
  const ids: Named[] = [...devices.map(({ device, path }) => ({ name: device.id, path })), ...disks];
  checkEach('id', ids, complain);
  checkEach(
    'step name',
    steps.map(({ name, path }) => ({ name, path: [...path, 'name'] })),
    complain,
  );
  for (const { device, path } of devices) {
    if (device.type === 'nic' && reserved.includes(device.network))
      complain([...path.slice(0, -1), 'network'], reservedText(device.network));
  }
}

function checkEach(what: string, all: Named[], complain: Complain): void {
  const seen = new Set<string>();
  for (const { name, path } of all) {
    if (reserved.includes(name)) complain(path, reservedText(name));
    else if (seen.has(name)) complain(path, `want each ${what} once, found "${name}" again`);
    seen.add(name);
  }
}

const reservedText = (name: string): string =>
  `want another name than ${reserved.join(', ')}, which have a meaning of their own; found "${name}"`;

/** Where the params have the disk's name, for the position: a kind says only what it is. */
function keyHolding(params: unknown, name: string): string[] {
  const entries = typeof params === 'object' && params !== null ? Object.entries(params) : [];
  return entries
    .filter(([, value]) => value === name || (Array.isArray(value) && value.includes(name)))
    .map(([key]) => key)
    .slice(0, 1);
}
