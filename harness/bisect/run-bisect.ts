import path from 'node:path';
import { HarnessError } from '../common/errors.js';
import { runInGroup } from '../kernel/run-in-group.js';
import {
  ancestors,
  commitTitle,
  openBisectRepository,
  readBisectEnd,
  readRange,
  startBisect,
  type BisectEnd,
  type BisectRepository,
} from './bisect-repository.js';
import { readCommits, recordCommit } from './commit-record.js';
import { acceptedRisk, neededRuns, riskOfLuck } from './needed-runs.js';
import { tryCommit, type BisectLab, type CommitReport } from './try-commit.js';

export type BisectRequest = {
  tree: string;
  /** `good..bad` */
  range: string;
  /** At most so many runs on one commit. */
  maxRuns: number;
  /** The folder of the bisection. */
  dir: string;
  /** The program that `git bisect run` starts for each commit: argv of a shell, in which $commit is it. */
  step: (runs: number, record: string) => string;
  /** Its whole environment. */
  env: Record<string, string>;
};

export type BisectResult = BisectEnd & {
  /** How often a commit had to pass. */
  runs: number;
  lastGood?: CommitReport;
  firstBad?: CommitReport;
};

/** So many failures tell how often it fails, about. */
const measuredFailures = 3;

/** A step that is stopped still has VMs to end. */
const graceMs = 60_000;

/**
 * Measures how often the scenario fails at the bad commit, sees that it passes at the good one, and lets `git bisect
 * run` find the first bad commit in between. The user's tree is only read.
 * @throws HarnessError(scenario) when bad or good are not, or it fails too rarely; Interrupted
 */
export async function runBisect(
  request: BisectRequest,
  lab: BisectLab,
  signal: AbortSignal,
): Promise<BisectResult> {
  const { tree, range, maxRuns, dir } = request;
  const ends = await readRange(tree, range, signal);
  const repository = await openBisectRepository(tree, ends, path.join(dir, 'bisect.git'), signal);
  const record = path.join(dir, 'steps.jsonl');
  const { good, bad } = repository;
  const title = (commit: string) => commitTitle(tree, commit, signal);

  lab.tell(`bad: ${await title(bad)}`);
  const atBad = await tryCommit(bad, { runs: maxRuns, failures: measuredFailures }, lab);
  await recordCommit(record, atBad);
  if (atBad.verdict !== 'bad') throw notAsSaid('bad', await title(bad), atBad);
  const runs = runsFor(atBad, maxRuns);
  lab.tell(
    `it failed ${atBad.failed} of ${atBad.tried} times: a commit is good when it passes ${runs} times`,
  );

  lab.tell(`good: ${await title(good)}`);
  const atGood = await tryCommit(good, { runs }, lab);
  await recordCommit(record, atGood);
  if (atGood.verdict !== 'good') throw notAsSaid('good', await title(good), atGood);

  await startBisect(repository, signal);
  const started = await readBisectEnd(repository, signal);
  // one commit after the other: there is nothing between them to run
  const code =
    started.first === undefined ? await runSteps(repository, request, { runs, record }, lab, signal) : 0;
  const end = await readBisectEnd(repository, signal);
  if (end.first === undefined && end.candidates.length === 0)
    throw new HarnessError(
      'host',
      `git bisect run stopped with exit code ${code} before it found the commit`,
      {
        remedy:
          'see what the last step says, mend it and start again: kernels that are built are not built again',
        evidence: path.join(dir, 'bisect.log'),
      },
    );
  if (end.first === undefined) return { ...end, runs };
  const reports = await readCommits(record);
  const reportOf = (commit: string) => reports.findLast((report) => report.commit === commit);
  const before = await ancestors(repository, end.first, signal);
  const lastGood = before.map(reportOf).find((report) => report?.verdict === 'good') ?? atGood;
  return { ...end, runs, lastGood, firstBad: reportOf(end.first) ?? atBad };
}

/** @returns the exit code of `git bisect run` */
async function runSteps(
  repository: BisectRepository,
  { dir, env, step }: BisectRequest,
  { runs, record }: { runs: number; record: string },
  { tell }: BisectLab,
  signal: AbortSignal,
): Promise<number> {
  const script = `commit=$(git rev-parse BISECT_HEAD) && exec ${step(runs, record)}`;
  const { code } = await runInGroup(['git', 'bisect', 'run', 'sh', '-c', script], {
    ...{ cwd: repository.dir, env, signal, graceMs },
    log: path.join(dir, 'bisect.log'),
    // git repeats the whole command before each step
    onLine: (line) => (line.startsWith("running  'sh'") ? undefined : tell(line)),
  });
  return code;
}

function runsFor(measured: CommitReport, maxRuns: number): number {
  const runs = neededRuns(measured);
  if (runs <= maxRuns) return runs;
  const percent = (risk: number) => `${Math.round(risk * 1000) / 10} %`;
  throw new HarnessError(
    'scenario',
    `it fails too rarely: ${measured.failed} of ${measured.tried} times. After ${maxRuns} runs without a failure a bad commit would still pass for a good one in ${percent(riskOfLuck(measured, maxRuns))} of cases, wanted is less than ${percent(acceptedRisk)}`,
    { remedy: `--max-runs ${runs}, or a scenario that fails more often` },
  );
}

function notAsSaid(name: 'good' | 'bad', title: string, report: CommitReport): HarnessError {
  const { verdict, tried, reasons, outcome, folder } = report;
  const what =
    verdict === 'good'
      ? `the scenario passes there, ${tried} times`
      : verdict === 'bad'
        ? `the scenario fails there, too: ${reasons[0]}`
        : `it cannot be told there: ${outcome}${reasons.length > 0 ? `, ${reasons[0]}` : ''}`;
  return new HarnessError('scenario', `the ${name} commit is none (${title}): ${what}`, {
    remedy:
      verdict === 'untestable' ? 'choose another commit, or one variant with --set' : 'choose another range',
    ...(folder !== undefined && { evidence: folder }),
  });
}
