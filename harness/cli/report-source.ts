import path from 'node:path';
import { loadBench } from '../benchmark/bench-document.js';
import { benchFormats, type BenchFormat } from '../benchmark/bench-formats.js';
import { HarnessError } from '../common/errors.js';
import type { FormatName } from '../report/format-names.js';
import { formats, type ReportOptions } from '../report/formats.js';
import { loadRun } from '../report/load-run.js';
import { seriesFormats, type SeriesFormat } from '../report/series-formats.js';
import { writeReport } from '../report/write-report.js';
import { writeWhole } from '../report/write-whole.js';
import { readSeriesFile } from '../series/series-document.js';

/** What reports are made of: a run, a series or a bench. */
export type ReportSource = {
  /** Message-ID of the mail that a report answers, where that is known. */
  cover?: string;
  text(name: FormatName, options: ReportOptions): Promise<string>;
  /** @returns the file that was written */
  write(name: FormatName, dir: string, options: ReportOptions): Promise<string>;
};

type Asked = { format: readonly FormatName[]; against?: string };

/**
 * Finds out what a folder is of.
 * @throws HarnessError(scenario) when it is of none of them, or what is asked for is for runs only
 */
export async function reportSource(dir: string, asked: Asked): Promise<ReportSource> {
  const series = await readSeriesFile(dir);
  if (series) {
    const loaded = { dir, document: series };
    const renders = mapValues<SeriesFormat, Render>(
      seriesFormats,
      (render) => (options) => render(loaded, options),
    );
    return { cover: series.series.messageId, ...ofSome(dir, 'series', renders, asked) };
  }
  const bench = await loadBench(dir);
  if (bench) {
    const renders = mapValues<BenchFormat, Render>(
      benchFormats,
      (render) => (options) => render(bench, options),
    );
    return ofSome(dir, 'bench', renders, asked);
  }
  const loaded = await loadRun(dir);
  const around = await readSeriesFile(path.resolve(dir, '../../..'));
  return {
    cover: around?.series.messageId,
    text: async (name, options) => formats[name].render(loaded, options),
    write: (name, to, options) => writeReport(loaded, name, to, options),
  };
}

type Render = (options: ReportOptions) => string | Promise<string>;

const mapValues = <V, W>(object: Record<string, V>, map: (value: V) => W): Partial<Record<FormatName, W>> =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value)]));

/** What has a base of its own, and some of the formats. */
function ofSome(
  dir: string,
  what: 'series' | 'bench',
  renders: Partial<Record<FormatName, Render>>,
  { format, against }: Asked,
): ReportSource {
  if (against !== undefined)
    throw new HarnessError('scenario', `${dir} is of a ${what}, which has its base in it: no --against`, {
      remedy: 'leave --against out',
    });
  const unknown = format.find((name) => !renders[name]);
  if (unknown !== undefined)
    throw new HarnessError(
      'scenario',
      `${dir} is of a ${what}, which has no report of the format ${unknown}`,
      {
        remedy: `choose of ${Object.keys(renders).join(', ')}; the runs in its folder have all of them`,
      },
    );
  const text = async (name: FormatName, options: ReportOptions) => renders[name]!(options);
  return {
    text,
    write: async (name, to, options) =>
      writeWhole(path.join(to, formats[name].file), await text(name, options)),
  };
}
