import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Judging, Prefix } from './judge-prefix.js';
import { eventsFile, runJsonFile, tapFile } from './report/file-reporters.js';
import { historyFile } from './report/history.js';
import { fanOut, type Reporter } from './report/reporter.js';
import type { Result, RunDocument } from './report/run-document.js';
import { harnessVersion } from './report/run-header.js';
import { run, type RunRequest } from './run.js';
import { resultFolder } from './scenario/result-folder.js';
import { scenarioTitle } from './scenario/scenario.js';
import { hashOfFile, keyOf, knownCell, rememberCell } from './series/known-results.js';
import type { Cell } from './series/grid.js';

/**
 * A prefix's cells of all variants, by title. A variant whose result on a kernel that is the same bit by bit is on
 * record is not run again.
 */
export async function variantCells(prefix: Prefix, judging: Judging): Promise<Map<string, Cell>> {
  const { request, reporter, signal } = judging;
  const { variants, dir, controls } = request;
  const imageHash = await hashOfFile(prefix.kernel!.bzImage);
  const cells = new Map<string, Cell>();
  const wanted = [];
  for (const scenario of variants) {
    const key = keyOf({
      imageHash,
      rootfsId: request.imageId,
      harness: harnessVersion,
      accelerator: request.accelerator,
      controls,
      scenario,
    });
    const known = await knownCell(key);
    if (known)
      cells.set(scenarioTitle(scenario.name, scenario.variant), {
        ...known,
        sameAs: known.sameAs ?? prefix.column.name,
      });
    else wanted.push({ scenario, key });
  }
  if (wanted.length === 0) return cells;
  const folder = path.join(dir, 'columns', prefix.column.name);
  await mkdir(folder, { recursive: true });
  const results = await runColumn(
    { ...request, dir: folder, variants: wanted.map(({ scenario }) => scenario), extraPatches: prefix.files },
    reporter,
    signal,
  );
  for (const [n, result] of results.entries()) {
    const { scenario, key } = wanted[n]!;
    const cell = cellOf(
      result,
      path.join('columns', prefix.column.name, 'results', resultFolder(scenario.name, scenario.variant)),
    );
    await rememberCell(key, { ...cell, sameAs: prefix.column.name });
    cells.set(scenarioTitle(scenario.name, scenario.variant), cell);
  }
  return cells;
}

/** A run like any other, with its files in a folder of the column. */
async function runColumn(request: RunRequest, reporter: Reporter, signal: AbortSignal): Promise<Result[]> {
  const { dir } = request;
  const complain = (line: string) => void reporter.on({ type: 'preparing', subject: dir, what: line });
  const all = fanOut([eventsFile(dir), runJsonFile(dir), tapFile(dir), historyFile(), reporter], complain);
  const results: Result[] = [];
  all.add({ name: 'results', on: (e) => void (e.type === 'finished' && results.push(e.result)) });
  let state: RunDocument['state'] = 'broken';
  try {
    const ended = await run(request, all, signal);
    state = 'finished';
    return ended;
  } finally {
    if (signal.aborted) state = 'interrupted';
    await all.on({ type: 'ended', dir, state, results });
  }
}

const cellOf = ({ outcome, reasons, phases }: Result, folder: string): Cell => ({
  outcome,
  reasons,
  folder,
  ...(phases.wallMs !== undefined && { seconds: Math.round(phases.wallMs / 100) / 10 }),
});
