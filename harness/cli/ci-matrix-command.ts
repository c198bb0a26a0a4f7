import { Argument } from 'commander';
import { buildFolder, githubMatrix, gitlabPipeline, tooLongForGithub } from '../jobs/ci-matrix.js';
import { readPlan, type Plan } from '../jobs/plan-document.js';
import { type AddCommand, readCount } from './command-options.js';
import { exitCodes } from './exit-code.js';

const kinds = {
  github: githubMatrix,
  gitlab: gitlabPipeline,
  folders: ({ builds }: Plan) => builds.map(buildFolder).join('\n'),
};

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
    .addHelpText(
      'after',
      '\nExample:\n  $ p2plab ci-matrix github plan.json\n  $ p2plab ci-files github-matrix   # the workflow around it\n',
    )
    .action(async (what: keyof typeof kinds, file: string, { minutes }: { minutes: number }) => {
      const plan = await readPlan(file);
      if (what === 'github') err(tooLongForGithub(plan, minutes));
      out(`${kinds[what](plan, minutes).trimEnd()}\n`);
      done(exitCodes.passed);
    });
};
