import { execa } from 'execa';
import { writeFile } from 'node:fs/promises';
import { createRequire, register } from 'node:module';
import path from 'node:path';

// Node wants `with { type: 'json' }`, which the parser's own imports of its schema are without.
const hook = `export const load = (url, context, next) =>
  next(url, url.endsWith('.json') ? { ...context, importAttributes: { type: 'json' } } : context);`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);

/** What GitHub's own parser has against a workflow, by its schema (workflow-v1.0.json). */
export async function githubProblems(content: string): Promise<string[]> {
  const { parseWorkflow, convertWorkflowTemplate, NoOperationTraceWriter } =
    await import('@actions/workflow-parser');
  const { context, value } = parseWorkflow({ name: 'ci.yml', content }, new NoOperationTraceWriter());
  const converted = value && (await convertWorkflowTemplate(context, value));
  const parsed = context.errors.getErrors().map(({ message }) => message);
  return [...new Set([...parsed, ...(converted?.errors ?? []).map(({ Message }) => Message)])];
}

const gitlabCiLocal = path.join(
  path.dirname(createRequire(import.meta.url).resolve('gitlab-ci-local/package.json')),
  'src/index.js',
);

/** What GitLab's schema of its editor (ci.json, in gitlab-ci-local) has against a .gitlab-ci.yml, in an empty folder. */
export async function gitlabProblems(content: string, dir: string): Promise<string[]> {
  await writeFile(path.join(dir, '.gitlab-ci.yml'), content);
  await makeRepository(dir);
  const { exitCode, all } = await execa(process.execPath, [gitlabCiLocal, '--preview'], {
    cwd: dir,
    all: true,
    reject: false,
    env: { HOME: dir },
  });
  const problems = [...all.matchAll(/^\s*• ('.*?) \[#/gm)].map(([, problem]) => problem!);
  return exitCode === 0 || problems.length > 0 ? problems : [all];
}

/** `changes:` compares with the default branch of the remote. */
async function makeRepository(dir: string): Promise<void> {
  const git = (...args: string[]) =>
    execa('git', ['-c', 'user.name=p', '-c', 'user.email=p@localhost', ...args], { cwd: dir });
  await git('init', '--quiet');
  await git('commit', '--quiet', '--allow-empty', '-m', 'nothing');
  await git('update-ref', 'refs/remotes/origin/main', 'HEAD');
}

/**
 * The jobs of a folder's .gitlab-ci.yml by gitlab-ci-local, one after the other, in that folder: it ignores what they
 * need of a parent pipeline, which must lie there.
 */
export async function runGitlabPipeline(
  dir: string,
  env: Record<string, string>,
): Promise<{ said: string; results: Record<string, string> }> {
  await makeRepository(dir);
  const { all } = await execa(
    process.execPath,
    [gitlabCiLocal, '--force-shell-executor', '--concurrency', '1'],
    { cwd: dir, env, stdin: 'ignore', all: true, reject: false },
  );
  const ends = [...all.matchAll(/^ (PASS|WARN|FAIL) +(\S.*?) *(?: {2}\w+)?$/gm)];
  return { said: all, results: Object.fromEntries(ends.map(([, end, name]) => [name!, end!])) };
}
