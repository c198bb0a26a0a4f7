import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { resultFolder } from '../scenario/result-folder.js';
import { inertLines } from './inert-text.js';
import type { LoadedRun } from './load-run.js';
import type { Result } from './run-document.js';

/** A trace that the kernel printed, symbolised, without registers. */
export type Splat = { title: string; file: string; lines: string[]; cut: boolean };

const maxLines = 24;
/** show_regs() and what follows the trace: no help to a reader who has no core dump. */
const left =
  /^(?:RSP|R[A-D]X|RBP|R\d\d|FS|CS|DR\d|CR2|PKRU|Code|Modules linked in|Hardware name|Kernel Offset):|^(?:irq event stamp|(?:hard|soft)irqs last)|^\s*<\/?TASK>$|^---\[ end trace|^-+\[ cut here/;
const userSpace = /^RIP: 0033:/;

/** Those of a result that tell of the kernel's fault, in the log's order; one whose file is gone is left out. */
export async function readSplats({ dir }: Pick<LoadedRun, 'dir'>, result: Result): Promise<Splat[]> {
  if (result.outcome !== 'fail') return [];
  const splats = await Promise.all(
    result.evidence.findings.map(async ({ machine, title, file }) => {
      if (file === undefined) return undefined;
      const folder = path.posix.join('results', resultFolder(result.scenario, result.variant));
      const name = path.posix.join(folder, path.basename(machine), path.basename(file));
      const text = await readFile(path.join(dir, name), 'utf8').catch(() => undefined);
      return text === undefined ? undefined : { title, file: name, ...trimmed(text) };
    }),
  );
  return splats.filter((splat) => splat !== undefined);
}

/** The first line is the title that p2plab gave it. */
function trimmed(text: string): Pick<Splat, 'lines' | 'cut'> {
  const all = inertLines(text).slice(1);
  const end = all.findIndex((line) => userSpace.test(line.trim()));
  const kept = (end < 0 ? all : all.slice(0, end))
    .map((line) => line.trimEnd())
    .filter((line) => line !== '' && !left.test(line.trim()));
  return { lines: kept.slice(0, maxLines), cut: kept.length > maxLines };
}
