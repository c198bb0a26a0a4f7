import { describeDevice, idsInWords, wantWords } from './check-references.js';
import type { Draft } from './draft.js';
import { wantText, type Complain } from './problems.js';
import { isProvider } from './scenario.js';

/** What is unbound and bound again at the end is a provider of some machine. */
export function checkRebind({ devices }: Draft, rebind: readonly string[], complain: Complain): void {
  if (!devices) return;
  const ids = devices.filter(({ device }) => isProvider(device)).map(({ device }) => device.id);
  rebind.forEach((id, index) => {
    if (ids.includes(id)) return;
    const there = devices.find(({ device }) => device.id === id);
    const path = rebind.length > 1 ? ['rebind', index] : ['rebind'];
    const wanted = `${wantWords.provider} (${idsInWords(ids)})`;
    complain(path, wantText(path, wanted, id) + (there ? `, ${describeDevice(there, false)}` : ''));
  });
}
