import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Evidence } from '../../evidence/evidence.js';
import { resultFolder } from '../../scenario/result-folder.js';
import type { LoadedRun } from '../load-run.js';
import { readSplats, type Splat } from '../read-splats.js';
import type { Result } from '../run-document.js';
import { titleOf } from '../run-facts.js';
import { inertValue } from './inert-value.js';
import { phaseSpans, spansOfResult, type Span } from './phase-spans.js';
import { readLogTails, type LogTail } from './read-log-tails.js';

/** All that the page tells of one result; every text in it is inert. */
export type ResultView = {
  /** Of its row in the page. */
  id: string;
  title: string;
  result: Result;
  /** Undefined when the run folder has it no more. */
  evidence?: Evidence;
  /** The folder of its scenario, and the scenario's tags; empty without evidence. */
  area: string;
  tags: string[];
  spans: Span[];
  splats: Splat[];
  logs: LogTail[];
  /** The same scenario and variant in the run that this one is told against. */
  before?: Result;
};

export async function readResultViews(loaded: LoadedRun, against?: LoadedRun): Promise<ResultView[]> {
  const spans = phaseSpans(loaded.events.map(inertValue));
  const before = new Map(against?.run.results.map((result) => [titleOf(result), inertValue(result)]));
  const views: ResultView[] = [];
  // one after the other: a run of hundreds of results would open as many files at a time
  for (const [index, raw] of loaded.run.results.entries()) {
    const result = inertValue(raw);
    const evidence = await readEvidence(loaded.dir, raw);
    const title = titleOf(raw);
    views.push({
      id: `r${index + 1}`,
      title,
      result,
      evidence,
      area: areaOf(evidence?.scenario.file),
      tags: evidence?.scenario.tags ?? [],
      spans: spans.get(title) ?? spansOfResult(result),
      splats: await readSplats(loaded, raw),
      logs: await readLogTails(loaded, raw),
      before: before.get(title),
    });
  }
  return views;
}

async function readEvidence(dir: string, { scenario, variant }: Result): Promise<Evidence | undefined> {
  const file = path.join(dir, 'results', resultFolder(scenario, variant), 'evidence.json');
  try {
    const evidence = inertValue(JSON.parse(await readFile(file, 'utf8'))) as Evidence;
    return evidence.schema === 'p2plab.evidence/1' ? evidence : undefined;
  } catch {
    return undefined;
  }
}

/** `scenarios/copy/x.yaml` is of the area `copy`. */
function areaOf(file = ''): string {
  const [, area = ''] = /(?:^|\/)scenarios\/([^/]+)\/[^/]+$/.exec(file) ?? [];
  return area;
}
