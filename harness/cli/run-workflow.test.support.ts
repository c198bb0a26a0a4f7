import { data, Evaluator, Lexer, Parser } from '@actions/expressions';
import { execa } from 'execa';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

type Step = {
  id?: string;
  if?: string;
  uses?: string;
  run?: string;
  with?: Record<string, string>;
};
type Job = {
  needs?: string | string[];
  if?: string;
  outputs?: Record<string, string>;
  strategy?: { matrix: string };
  steps: Step[];
};
type Result = 'success' | 'failure' | 'skipped';
export type JobRun = { result: Result; outputs: Record<string, string>; parts: number; said: string };
type Contexts = Record<string, unknown>;

const nodes: ConstructorParameters<typeof Parser>[2] = ['always', 'cancelled', 'success', 'failure'].map(
  (name) => ({ name, minArgs: 0, maxArgs: 0 }),
);

/** By GitHub's own evaluator of expressions. @param failed whether anything before has */
function evaluate(expression: string, contexts: Contexts, failed = false): data.ExpressionData {
  const tree = new Parser(new Lexer(expression).lex().tokens, Object.keys(contexts), nodes).parse();
  const context = JSON.parse(JSON.stringify(contexts), data.reviver) as data.Dictionary;
  const says = { always: true, cancelled: false, success: !failed, failure: failed };
  const functions = new Map(
    Object.entries(says).map(([name, value]) => [
      name,
      { name, minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(value) },
    ]),
  );
  return new Evaluator(tree, context, functions).evaluate();
}

const inner = (text: string): string => /^\s*\$\{\{([^]*)\}\}\s*$/.exec(text)?.[1] ?? text;
const fill = (text: string, contexts: Contexts): string =>
  text.replaceAll(/\$\{\{(.*?)\}\}/g, (_, expression: string) =>
    evaluate(expression, contexts).coerceString(),
  );

function isTrue(condition: string | undefined, contexts: Contexts, failed: boolean): boolean {
  if (condition === undefined) return !failed;
  const asked = /(always|cancelled|success|failure)\(/.test(condition);
  const value = evaluate(inner(condition), contexts, failed);
  const falsy = ['false', '', '0'].includes(value.coerceString());
  return !falsy && (asked || !failed);
}

/**
 * A workflow of GitHub Actions on this machine, one job after the other in the order of the file: conditions, matrices,
 * outputs and artifacts as GitHub has them, `run` by sh in a folder of each job's own. Of actions it knows those for
 * artifacts; checkouts and caches do nothing.
 * @param env of all steps
 */
export async function runWorkflow(text: string, dir: string, env: Record<string, string>) {
  const { jobs } = parse(text) as { jobs: Record<string, Job> };
  const artifacts = path.join(dir, 'artifacts');
  mkdirSync(artifacts, { recursive: true });
  const runs: Record<string, JobRun> = {};
  for (const [name, job] of Object.entries(jobs)) {
    const before = [job.needs ?? []].flat();
    const needs = Object.fromEntries(before.map((one) => [one, runs[one]!]));
    const failed = before.some((one) => runs[one]!.result !== 'success');
    runs[name] = { result: 'skipped', outputs: {}, parts: 0, said: '' };
    if (!isTrue(job.if, { needs }, failed)) continue;
    const cells = job.strategy ? cellsOf(job.strategy.matrix, { needs }) : [{}];
    const done = [];
    for (const [n, cell] of cells.entries()) {
      const contexts = { needs, matrix: cell, strategy: { 'job-index': n }, github: { run_id: 1 } };
      done.push(await runJob(job, path.join(dir, name, `${n}`), { artifacts, contexts, env }));
    }
    runs[name] = {
      result: done.every(({ ok }) => ok) ? 'success' : 'failure',
      outputs: done.at(-1)!.outputs,
      parts: done.length,
      said: done.map(({ said }) => said).join(''),
    };
  }
  return runs;
}

/** @throws when it is empty, or has more than 256: GitHub runs no job of such a matrix, and fails */
function cellsOf(matrix: string, contexts: Contexts): object[] {
  const text = inner(matrix).replace(/^\s*fromJSON\((.*)\)\s*$/, '$1');
  const { include } = JSON.parse(evaluate(text, contexts).coerceString()) as { include: object[] };
  if (include.length === 0 || include.length > 256) throw new Error(`a matrix of ${include.length}`);
  return include;
}

type Place = { artifacts: string; contexts: Contexts; env: Record<string, string> };

async function runJob({ steps, outputs = {} }: Job, dir: string, { artifacts, contexts, env }: Place) {
  mkdirSync(dir, { recursive: true });
  const told: Record<string, { outputs: Record<string, string> }> = {};
  let ok = true;
  let said = '';
  for (const [n, step] of steps.entries()) {
    const here = { ...contexts, steps: told };
    if (!isTrue(step.if, here, !ok)) continue;
    const input = (name: string) => fill(step.with?.[name] ?? '', here);
    if (step.uses?.startsWith('actions/upload-artifact')) {
      ok = upload(dir, input('path'), path.join(artifacts, input('name')), input('if-no-files-found')) && ok;
    } else if (step.uses?.startsWith('actions/download-artifact')) {
      ok = download(artifacts, path.join(dir, input('path')), input) && ok;
    } else if (step.run !== undefined) {
      const output = path.join(dir, `.output-${n}`);
      const more = { GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: path.join(dir, '.summary') };
      const ran = await execa('sh', ['-e', '-c', fill(step.run, here)], {
        ...{
          cwd: dir,
          env: { ...env, ...more },
          extendEnv: false,
          stdin: 'ignore',
          all: true,
          reject: false,
        },
      });
      said += `${ran.all}\n`;
      ok = ran.exitCode === 0 && ok;
      if (step.id !== undefined && existsSync(output)) told[step.id] = { outputs: readOutput(output) };
      else if (step.id !== undefined) told[step.id] = { outputs: {} };
    }
  }
  const out = Object.entries(outputs).map(([name, text]) => [name, fill(text, { ...contexts, steps: told })]);
  return { ok, said, outputs: Object.fromEntries(out) as Record<string, string> };
}

const readOutput = (file: string): Record<string, string> =>
  Object.fromEntries(
    readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );

/** A folder's contents, or a file under its name. */
function upload(dir: string, name: string, to: string, ifNone: string): boolean {
  const from = path.join(dir, name);
  if (!existsSync(from)) return ifNone !== 'error';
  if (existsSync(to)) return false; // names are taken once
  const isFolder = statSync(from).isDirectory();
  cpSync(from, isFolder ? to : path.join(to, path.basename(from)), { recursive: true });
  return true;
}

/** One by name, or all of a pattern, each in a folder of its name. */
function download(artifacts: string, to: string, input: (name: string) => string): boolean {
  const name = input('name');
  if (name !== '') {
    if (!existsSync(path.join(artifacts, name))) return false;
    cpSync(path.join(artifacts, name), to, { recursive: true });
    return true;
  }
  const prefix = input('pattern').replace('*', '');
  for (const found of readdirSync(artifacts).filter((one) => one.startsWith(prefix)))
    cpSync(path.join(artifacts, found), path.join(to, found), { recursive: true });
  return true;
}
