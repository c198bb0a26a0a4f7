import path from 'node:path';
import { packageRoot } from '../common/paths.js';
import type { FormatName } from './format-names.js';
import { formats, type ReportOptions } from './formats.js';
import { loadRun, type LoadedRun } from './load-run.js';
import type { RunEvent } from './reporter.js';
import type { Result, RunDocument } from './run-document.js';
import { header } from './sample.test.support.js';

const testdata = path.join(packageRoot, 'harness/report/testdata');
export const reportsDir = path.join(testdata, 'reports');

/**
 * Two real runs of nvme-copy-p2p and p2pmem-allocate, on p2pmem-6.12 and on that with the mutant leak-one-page-on-free.
 */
export const recorded = (name: 'base' | 'mutant'): Promise<LoadedRun> =>
  loadRun(path.join(testdata, 'recorded', name));

export const options: ReportOptions = {
  now: new Date('2026-11-27T08:00:00Z'),
  from: { name: 'A Developer', address: 'developer@example.org' },
};

export const render = async (name: FormatName, run: LoadedRun, more: Partial<ReportOptions> = {}) =>
  formats[name].render(run, { ...options, ...more });

/** A run of these results; its folder has no files. */
export function loaded(results: Result[], over: Partial<RunDocument> = {}): LoadedRun {
  const run: RunDocument = {
    ...header,
    state: 'finished',
    endedAt: '2026-11-01T12:05:00.000Z',
    ...over,
    results,
  };
  return { dir: '/nowhere', run, events: [] };
}

export const started = (count: number): RunEvent & { at: string } => {
  return { at: '2026-11-01T12:00:00.000Z', type: 'started', dir: '/nowhere', count, run: header };
};
