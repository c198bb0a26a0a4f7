import { writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { planJson } from '../jobs/plan-document.js';
import { job, planOf } from '../jobs/sample.test.support.js';
import { gitlabProblems } from './ci-schemas.test.support.js';
import { buildProgram } from './program.js';
import { plainTerminal } from './terminal.test.support.js';

async function matrix(dir: string, ...args: string[]): Promise<string> {
  const file = path.join(dir, 'plan.json');
  writeFileSync(file, planJson(planOf(Array.from({ length: 30 }, (_, n) => job(n)))));
  const { terminal, printed } = plainTerminal();
  await (
    await buildProgram(terminal, () => {})
  ).parseAsync(['node', 'p2plab', 'ci-matrix', args[0]!, file, ...args.slice(1)]);
  return printed();
}

t.test('GitHub: a line for GITHUB_OUTPUT', async (t) => {
  const printed = await matrix(t.testdir(), 'github', '--minutes', '2');
  t.equal(
    printed,
    '{"include":[{"shard":"1/2","jobs":15,"minutes":18},{"shard":"2/2","jobs":15,"minutes":18}]}\n',
  );
});

t.test('GitLab takes the child pipeline', async (t) => {
  t.same(await gitlabProblems(await matrix(t.testdir(), 'gitlab'), t.testdir({ empty: {} })), []);
});
