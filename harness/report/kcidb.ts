import { resultFolder } from '../scenario/result-folder.js';
import type { ReportFormat } from './formats.js';
import { inertLine } from './inert-text.js';
import type { KcidbReport } from './kcidb-schema.js';
import { kcidbSchema, maxExcerpt } from './kcidb-schema.js';
import type { LoadedRun } from './load-run.js';
import { readSplats } from './read-splats.js';
import type { Result, RunDocument } from './run-document.js';
import { environmentRows, kernelText, titleOf, type Kernel } from './run-facts.js';

const defaultOrigin = 'p2plab';

/**
 * KCIDB's I/O format, version 5.3: a checkout and a build for each kernel, a test for each result and one for each of
 * its figures. It is written and never sent.
 */
export const kcidbFormat: ReportFormat = {
  file: 'report.kcidb.json',
  summary: 'KCIDB 5.3, written and never sent',
  render: async (loaded, { origin = defaultOrigin }) => {
    const { kernels, results } = loaded.run;
    const tests = await Promise.all(results.map((result) => testsOf(loaded, result, origin)));
    const report: KcidbReport = {
      version: { major: 5, minor: 3 },
      checkouts: kernels.map((kernel) => checkoutOf(kernel, origin)),
      builds: kernels.map((kernel) => buildOf(kernel, origin)),
      tests: tests.flat(),
    };
    return JSON.stringify(kcidbSchema.parse(report), null, 2) + '\n';
  },
};

type Test = NonNullable<KcidbReport['tests']>[number];

function checkoutOf(kernel: Kernel, origin: string) {
  const { id, source, release, series } = kernel;
  const comment = [kernelText(kernel), source?.package, source?.version].filter(Boolean).join(', ');
  return {
    id: `${origin}:${inertLine(id)}`,
    origin,
    ...(source?.package === undefined ? {} : { tree_name: inertLine(source.package) }),
    git_commit_name: inertLine(source?.version ?? release),
    comment: inertLine(comment),
    valid: true,
    misc: { series: inert(series) },
  };
}

/** The kernel is there, so its build came to its end. */
const buildOf = ({ id, name, release, buildId }: Kernel, origin: string) => ({
  checkout_id: `${origin}:${inertLine(id)}`,
  id: `${origin}:${inertLine(id)}`,
  origin,
  architecture: 'x86_64',
  config_name: inertLine(name),
  status: 'PASS' as const,
  misc: { release: inertLine(release), ...(buildId === null ? {} : { buildId: inertLine(buildId) }) },
});

async function testsOf(loaded: LoadedRun, result: Result, origin: string): Promise<Test[]> {
  const { run } = loaded;
  const path = ['p2plab', pathPart(result.scenario), ...Object.entries(result.variant).map(variantPart)].join(
    '.',
  );
  const id = `${origin}:${inertLine(run.id)}:${resultFolder(result.scenario, result.variant)}`;
  const kernel = run.kernels.find(({ name }) => name === result.kernel);
  const common = { build_id: `${origin}:${inertLine(kernel?.id ?? result.kernel)}`, origin };
  const { wallMs } = result.phases;
  const excerpt = await excerptOf(loaded, result);
  const test: Test = {
    ...common,
    id,
    path,
    comment: titleOf(result),
    status: statusOf[result.outcome],
    environment: { comment: environmentText(run), misc: { host: inert(run.host) } },
    ...(startOf(loaded, result) ?? {}),
    ...(wallMs === undefined ? {} : { duration: wallMs / 1000 }),
    ...(excerpt === '' ? {} : { log_excerpt: excerpt }),
    misc: {
      controls: result.controls,
      checks: inert(result.checks),
      findings: inert(result.evidence.findings),
    },
  };
  const figures = result.metrics.map(({ name, value, unit }): Test => ({
    ...common,
    id: `${id}:${inertLine(name)}`,
    path: `${path}.${name.split('.').map(pathPart).join('.')}`,
    comment: inertLine(name),
    status: 'DONE',
    number: { value, unit: inertLine(unit) },
  }));
  return [test, ...figures];
}

/** Trouble of host or harness says nothing about test and kernel. */
const statusOf = { pass: 'PASS', fail: 'FAIL', skip: 'SKIP', broken: 'MISS' } as const;

/** When its first phase began. */
function startOf({ events }: LoadedRun, result: Result): { start_time: string } | undefined {
  const title = titleOf(result);
  const first = events.find((event) => event.type === 'phase' && event.title === title);
  return first && !Number.isNaN(Date.parse(first.at)) ? { start_time: first.at } : undefined;
}

async function excerptOf(loaded: LoadedRun, result: Result): Promise<string> {
  const splats = await readSplats(loaded, result);
  const lines = [...result.reasons.map(inertLine), ...splats.flatMap((splat) => ['', ...splat.lines])];
  return lines
    .join('\n')
    .slice(0, maxExcerpt)
    .replace(/[\ud800-\udbff]$/, ''); // no half of a character
}

const environmentText = (run: RunDocument) =>
  environmentRows(run)
    .filter(([name]) => name === 'emulator' || name === 'host')
    .map(([, value]) => value)
    .join('; ');

const variantPart = ([key, value]: [string, string]) => pathPart(`${key}-${value}`);

/** A part of a path has these characters only. */
const pathPart = (text: string) => text.replaceAll(/[^\w-]/g, '_') || '_';

/** Plain JSON with all its texts inert: a database takes no NUL. */
const inert = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (_, v: unknown) => (typeof v === 'string' ? inertLine(v) : v));
