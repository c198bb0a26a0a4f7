import { setTimeout as sleep } from 'node:timers/promises';
import type { Guest } from '../guest/connect-guest.js';

/** By the name of each module that is loaded: its references but those of modules that use its symbols. */
export type ModuleReferences = Record<string, number>;

/** Some are given back by work that the kernel does later. */
const settleTries = 25;

/** @param expected what they come to in the end; waited for, as long as that may take */
export async function readModuleReferences(
  guest: Guest,
  expected: ModuleReferences | undefined,
  signal: AbortSignal,
  betweenMs = 200,
): Promise<ModuleReferences> {
  for (let tries = 1; ; tries++) {
    const found = parseModuleReferences((await guest.read('cat /proc/modules', signal)).toString());
    const settled = !expected || Object.entries(found).every(([name, n]) => n === (expected[name] ?? n));
    if (settled || tries === settleTries) return found;
    await sleep(betweenMs, undefined, { signal });
  }
}

/** Lines `nvmet 81920 9 nvme_loop,nvmet_rdma, Live 0x…` (m_show() of kernel/module/procfs.c, 6.12). */
export function parseModuleReferences(text: string): ModuleReferences {
  const lines = text.matchAll(/^(\w+) \d+ (\d+) (\S+) /gm);
  return Object.fromEntries(
    [...lines].map(([, name, count, users]) => [
      name!,
      Number(count) - users!.split(',').filter(isName).length,
    ]),
  );
}

const isName = (word: string): boolean => /^\w+$/.test(word);
