import type { XMLBuilder } from 'xmlbuilder2/lib/interfaces.js';
import type { ReportFormat } from './formats.js';
import { inertLine } from './inert-text.js';
import type { LoadedRun } from './load-run.js';
import { readSplats, type Splat } from './read-splats.js';
import { reproduceParts } from './reproduce.js';
import type { Result } from './run-document.js';
import { countOutcomes, environmentRows, titleOf } from './run-facts.js';
import { xmlText } from './xml-text.js';

/**
 * JUnit XML as Jenkins and GitLab read it (Jenkins' junit XSD): a suite for each scenario, a case for each variant.
 * `fail` is a failure, `broken` an error: it says nothing about the kernel.
 */
export const junitFormat: ReportFormat = {
  file: 'report.junit.xml',
  summary: 'JUnit XML for Jenkins and GitLab',
  render: async (loaded) => {
    const { run } = loaded;
    const { create } = await import('xmlbuilder2'); // read for this alone: it is large
    const document = create({ version: '1.0', encoding: 'UTF-8' });
    const suites = document.ele('testsuites', { name: 'p2plab', ...totals(run.results) });
    for (const name of new Set(run.results.map(({ scenario }) => scenario)))
      await addSuite(suites, name, loaded);
    return document.end({ prettyPrint: true }) + '\n';
  },
};

async function addSuite(suites: XMLBuilder, name: string, loaded: LoadedRun): Promise<void> {
  const { run } = loaded;
  const results = run.results.filter(({ scenario }) => scenario === name);
  const { skip: skipped } = countOutcomes(results);
  const timestamp = run.startedAt.slice(0, 19); // ISO 8601 without a zone, which readers take for UTC
  const suite = suites.ele('testsuite', {
    name: xmlText(inertLine(name)),
    ...totals(results),
    skipped,
    timestamp,
  });
  const properties = suite.ele('properties');
  const rows = [...environmentRows(run), ['state', run.state], ['run', run.id]];
  for (const [key, value] of rows)
    properties.ele('property', { name: key, value: xmlText(inertLine(value!)) });
  for (const result of results) addCase(suite, result, loaded, await readSplats(loaded, result));
}

function addCase(suite: XMLBuilder, result: Result, { run }: LoadedRun, splats: readonly Splat[]): void {
  const { scenario, outcome, reasons, checks } = result;
  const classname = xmlText(`p2plab.${inertLine(scenario)}`);
  const test = suite.ele('testcase', { name: xmlText(titleOf(result)), classname, time: seconds(result) });
  const shown = reasons.map(inertLine);
  const failed = checks.filter(({ ok }) => !ok);
  const text = xmlText(
    [
      ...shown,
      ...failed.map(({ name, want, got }) => inertLine(`${name}: want ${want}, got ${got}`)),
      ...splats.flatMap(({ file, lines }) => ['', inertLine(file), ...lines]),
    ].join('\n'),
  );
  const message = xmlText(shown[0] ?? outcome);
  if (outcome === 'skip') test.ele('skipped').txt(xmlText(shown.join('; ')));
  if (outcome === 'fail') test.ele('failure', { type: 'kernel', message }).txt(text);
  if (outcome === 'broken') test.ele('error', { type: 'broken', message }).txt(text);
  test.ele('system-out').txt(xmlText([reproduceParts(result, run).join(' '), ...numbers(result)].join('\n')));
}

const numbers = ({ metrics }: Result) =>
  metrics.map(({ name, value, unit }) => inertLine(`${name} ${value} ${unit}`));

const seconds = ({ phases }: Result) => String((phases.wallMs ?? 0) / 1000);

function totals(results: readonly Result[]) {
  const { fail: failures, broken: errors } = countOutcomes(results);
  const time = results.reduce((sum, { phases }) => sum + (phases.wallMs ?? 0), 0) / 1000;
  return { tests: results.length, failures, errors, time };
}
