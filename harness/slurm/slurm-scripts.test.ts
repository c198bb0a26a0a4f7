import t from 'tap';
import { job, planOf } from '../jobs/sample.test.support.js';
import { buildBatch, jobBatches } from './slurm-scripts.js';
import { isOver, parseSacct, parseScontrol, stateOf } from './slurm-states.js';

const place = { dir: '/nfs/my run', p2plab: ['/usr/bin/node', '/opt/p2plab/main.js'] };
const needs = (cpus: number, memoryMiB: number, exclusive = false) => ({
  needs: { cpus, memoryMiB, exclusive, accelerator: 'any' as const },
});
const takes = (seconds: number) => ({ expected: { seconds, measured: true } });

t.test('an array for each size, the longest first, with a limit by what is expected', (t) => {
  const plan = planOf([
    job(1, { ...needs(1, 600), ...takes(20) }),
    job(2, { ...needs(1, 700), ...takes(300) }),
    job(3, { ...needs(2, 1500), ...takes(20) }),
    job(4, { ...needs(1, 700, true), ...takes(20) }),
  ]);
  const batches = jobBatches(plan, place);
  t.same(
    batches.map(({ name, ids }) => `${name}: ${ids.map((id) => Number(id.slice(-1))).join(' ')}`),
    ['1c-1g: 2 1', '2c-2g: 3', 'alone-1c: 4'],
  );
  t.equal(
    batches[0]!.script,
    `#!/bin/sh
#SBATCH --job-name=p2plab-1c-1g
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=1
#SBATCH --mem=700M
#SBATCH --time=25
#SBATCH --array=1-2
#SBATCH --output=/nfs/my run/logs/1c-1g-%A_%a.log
id=$(sed -n "\${SLURM_ARRAY_TASK_ID}p" '/nfs/my run/1c-1g.ids')
exec /usr/bin/node /opt/p2plab/main.js run --plan '/nfs/my run/plan.json' --jobs 1 --out '/nfs/my run/bundles' --job "$id"
`,
  );
  t.match(batches[2]!.script, /^#SBATCH --exclusive$/m);
  t.match(buildBatch(plan, place).script, /--builds --out '\/nfs\/my run\/built'\n$/);
  t.end();
});

t.test('no array has more tasks than Slurm takes by default', (t) => {
  const plan = planOf(Array.from({ length: 2100 }, (_, n) => job(n)));
  const batches = jobBatches(plan, place);
  t.same(
    batches.map(({ name, ids }) => `${name} ${ids.length}`),
    ['1c-1g-1 1000', '1c-1g-2 1000', '1c-1g-3 100'],
  );
  t.end();
});

t.test('states by sacct and by scontrol', (t) => {
  const sacct =
    '7_1|COMPLETED\n7_1.batch|COMPLETED\n7_2|CANCELLED by 0\n7_[3-4,6%2]|PENDING\n8|TIMEOUT\n8.batch|CANCELLED\n';
  t.same(
    [...parseSacct(sacct)],
    [
      ['7_1', 'COMPLETED'],
      ['7_2', 'CANCELLED'],
      ['7_3', 'PENDING'],
      ['7_4', 'PENDING'],
      ['7_6', 'PENDING'],
      ['8', 'TIMEOUT'],
    ],
  );
  const scontrol =
    'JobId=7 ArrayJobId=7 ArrayTaskId=3-4%1 JobName=p JobState=PENDING Reason=Dependency\n' +
    'JobId=8 ArrayJobId=7 ArrayTaskId=1 JobName=p JobState=FAILED Reason=NonZeroExitCode\n' +
    'JobId=9 JobName=b JobState=COMPLETED Reason=None\n';
  t.same(
    [...parseScontrol(scontrol)],
    [
      ['7_3', 'PENDING'],
      ['7_4', 'PENDING'],
      ['7_1', 'FAILED'],
      ['9', 'COMPLETED'],
    ],
  );
  const cancelled = parseScontrol('JobId=2 ArrayJobId=2 ArrayTaskId=4294967294 JobState=CANCELLED\n');
  t.same([stateOf(cancelled, '2', 5), stateOf(cancelled, '3', 5)], ['CANCELLED', undefined]);
  t.same(['PENDING', 'RUNNING', 'NODE_FAIL', 'COMPLETED'].map(isOver), [false, false, true, true]);
  t.end();
});
