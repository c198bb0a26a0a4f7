import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { tapFile } from '../report/file-reporters.js';
import { historyFile } from '../report/history.js';
import type { Reporter } from '../report/reporter.js';
import type { Result } from '../report/run-document.js';
import type { RunRequest } from '../run.js';
import { runInFolder } from '../run-in-folder.js';
import { resultFolder } from '../scenario/result-folder.js';
import type { Scenario } from '../scenario/scenario.js';
import type { Try } from '../series/tries.js';

export type OneTry = Omit<RunRequest, 'extraPatches' | 'variants'> & {
  patches: readonly string[];
  /** Of this run, relative to `dir`. */
  folder: string;
};

/** Each variant once: a run like any other, in a folder of the series'. */
export async function tryOnce(
  variants: readonly Scenario[],
  { patches, folder, ...request }: OneTry,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<Try[]> {
  const dir = path.join(request.dir, folder);
  await mkdir(dir, { recursive: true });
  const history = patches.length === 0 ? [historyFile()] : []; // a fault may make a scenario wait for its deadline
  const complain = (what: string) => void reporter.on({ type: 'preparing', subject: folder, what });
  const results = await runInFolder(
    { ...request, dir, variants, extraPatches: [...patches] },
    { reporters: [tapFile(dir), ...history, reporter], complain },
    signal,
  );
  return results.map((result) => tryOf(result, folder));
}

/** What a run in that folder says. A guest that answered over SSH is one that booted. */
export const tryOf = ({ scenario, variant, outcome, reasons, phases }: Result, folder: string): Try => ({
  outcome,
  reasons,
  booted: phases.sshMs !== undefined,
  ...(phases.wallMs !== undefined && { seconds: phases.wallMs / 1000 }),
  folder: path.join(folder, 'results', resultFolder(scenario, variant)),
});
