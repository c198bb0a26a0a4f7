import type { Draft } from './draft.js';
import type { Complain } from './problems.js';
import type { Machine } from './scenario.js';

/** Devices are plugged in and out only where the machine says that they can be. */
export function checkHotplug(
  { steps }: Draft,
  machines: Record<string, Machine> | undefined,
  complain: Complain,
): void {
  if (!machines) return;
  for (const { path, read } of steps) {
    if (!read?.syntax.hotplugs || machines[read.step.machine]?.hotplug) continue;
    const { kind, machine } = read.step;
    complain([...path, kind], `${kind}: want machine ${machine} with hotplug: true, found it without`, 'key');
  }
}
