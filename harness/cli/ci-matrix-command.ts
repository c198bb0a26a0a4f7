import { Argument } from 'commander';
import { buildFolders, githubMatrix, tooLongForGithub, type Cut } from '../jobs/ci-matrix.js';
import { gitlabPipeline } from '../jobs/gitlab-pipeline.js';
import { readPlan, type Plan } from '../jobs/plan-document.js';
import { type AddCommand, readCount } from './command-options.js';
import { exitCodes } from './exit-code.js';

const kinds = {
  github: (plan: Plan, cut: Cut) => githubMatrix(plan, cut),
  gitlab: (plan: Plan, { rounds, ...cut }: Options) => gitlabPipeline(plan, cut, rounds),
  folders: (plan: Plan) => buildFolders(plan).join('\n'),
};

type Options = Cut & { rounds: number };

/** Adds `ci-matrix`. */
export const addCiMatrix: AddCommand = (program, { out, err }, done) => {
  program
    .command('ci-matrix')
    .description('print a plan as the matrix of GitHub Actions or the child pipeline of GitLab CI')
    .addArgument(
      new Argument('<what>', 'whose; or the folders of the cache that its jobs need').choices(
        Object.keys(kinds),
      ),
    )
    .argument('<plan>', 'what `p2plab plan --json` printed')
    .option('--minutes <n>', 'cut the work into parts of about so long', readCount, 10)
    .option('--most <n>', 'into no more parts than that', readCount)
    .option(
      '--rounds <n>',
      'of a series for gitlab: how often what is not settled is run, the first time included',
      readCount,
      3,
    )
    .addHelpText(
      'after',
      '\nExample:\n  $ p2plab ci-matrix github plan.json\n  $ p2plab ci-files github-matrix   # the workflow around it\n',
    )
    .action(async (what: keyof typeof kinds, file: string, options: Options) => {
      const plan = await readPlan(file);
      if (what === 'github') err(tooLongForGithub(plan, options));
      out(`${kinds[what](plan, options).trimEnd()}\n`);
      done(exitCodes.passed);
    });
};
