import type { ReportFormat } from './formats.js';
import { inertLine } from './inert-text.js';
import type { LoadedRun } from './load-run.js';
import { readSplats } from './read-splats.js';
import { reproduceParts } from './reproduce.js';
import type { RunDocument } from './run-document.js';
import { countsText, kernelText, titleOf } from './run-facts.js';

/**
 * What a command named by b4.review-series-check-cmd prints (b4 0.15 and newer, docs/maintainer/review.rst, "Writing an
 * external check script"): an array of `{tool, status, summary, details}`, with status pass, warn or fail.
 */
export const b4Format: ReportFormat = {
  file: 'report.b4.json',
  summary: 'a check of `b4 review` (b4.review-series-check-cmd)',
  render: async (loaded) => {
    const { run } = loaded;
    const summary = `${countsText(run)} on ${run.kernels.map(kernelText).join(' and ')}`;
    const check = { tool: 'p2plab', status: statusOf(run), summary, details: await details(loaded) };
    return JSON.stringify([check], null, 2) + '\n';
  },
};

/** Only what the kernel did is a fail; what says nothing about it, or is not over, is a warning. */
function statusOf({ state, results }: RunDocument): 'pass' | 'warn' | 'fail' {
  if (results.some(({ outcome }) => outcome === 'fail')) return 'fail';
  const passed = results.some(({ outcome }) => outcome === 'pass');
  const broken = results.some(({ outcome }) => outcome === 'broken');
  return state === 'finished' && passed && !broken ? 'pass' : 'warn';
}

async function details(loaded: LoadedRun): Promise<string> {
  const { run } = loaded;
  const blocks = run.results.map(async (result) => {
    const line = `${result.outcome} ${titleOf(result)}`;
    if (result.outcome === 'pass') return line;
    const splats = await readSplats(loaded, result);
    return [
      line,
      ...result.reasons.map((reason) => `  ${inertLine(reason)}`),
      ...splats.flatMap(({ file, lines }) => [`  ${inertLine(file)}`, ...lines.map((l) => `    ${l}`)]),
      `  again: ${reproduceParts(result, run).join(' ')}`,
    ].join('\n');
  });
  return (await Promise.all(blocks)).join('\n');
}
