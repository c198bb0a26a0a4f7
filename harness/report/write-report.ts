import path from 'node:path';
import type { FormatName } from './format-names.js';
import { formats, type ReportFormat, type ReportOptions } from './formats.js';
import { loadRun, type LoadedRun } from './load-run.js';
import type { Reporter } from './reporter.js';
import { writeWhole } from './write-whole.js';

/** @returns the file, which is never there in part */
export async function writeReport(
  loaded: LoadedRun,
  name: FormatName,
  out: string,
  options: ReportOptions,
): Promise<string> {
  const format: ReportFormat = formats[name];
  const text = await format.render(loaded, options);
  for (const [more, content] of (await format.more?.(loaded, options)) ?? [])
    await writeWhole(path.join(out, more), content);
  return writeWhole(path.join(out, format.file), text);
}

/** Writes a report into the run folder as the run ends, in whatever state. It stands behind those of run.json and events. */
export function reportFile(dir: string, name: FormatName): Reporter {
  let begun = false;
  return {
    name: formats[name].file,
    async on(event) {
      if (event.type === 'started') begun = true;
      if (event.type === 'ended' && begun)
        await writeReport(await loadRun(dir), name, dir, { now: new Date() });
    },
  };
}
