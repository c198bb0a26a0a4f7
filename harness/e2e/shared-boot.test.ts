import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import type { Evidence } from '../evidence/evidence.js';
import { p2plab, readRun, testScenario } from './run-p2plab.test.support.js';

const wrong = 'write.bytes is 1048576, not 1';

t.test('variants share a boot until one does not pass, which is run again on its own', async (t) => {
  const dir = path.join(t.testdir(), 'run');
  const { exitCode, stdout } = await p2plab([
    'run',
    testScenario('shared-boot'),
    '--install-packages',
    '--out',
    dir,
  ]);
  t.equal(exitCode, 1, stdout);
  const { results } = readRun(dir);
  const titles = ['first', 'second'].map((what) => `shared-boot [what=${what}]`);
  t.match(
    results.map(({ outcome, reasons, sharedBoot }) => ({ outcome, reasons, sharedBoot })),
    [
      { outcome: 'pass', sharedBoot: undefined },
      { outcome: 'pass', sharedBoot: { after: titles.slice(0, 1), outcome: undefined } },
      {
        outcome: 'fail',
        reasons: [wrong],
        sharedBoot: {
          after: titles,
          outcome: 'fail',
          reasons: [wrong],
          folder: 'shared-boots/shared-boot.what=wrong',
        },
      },
      { outcome: 'pass', sharedBoot: undefined },
    ],
  );
  t.match(stdout, /pass shared-boot \[what=second\] \(\S+ m?s, same boot as shared-boot \[what=first\]\)/);

  const evidenceOf = (folder: string) =>
    JSON.parse(readFileSync(path.join(dir, folder, 'evidence.json'), 'utf8')) as Evidence;
  const logOf = (what: string) =>
    readFileSync(path.join(dir, `results/shared-boot.what=${what}/host/console.log`), 'utf8');
  t.match(logOf('first'), /Linux version/);
  t.notMatch(logOf('second'), /Linux version/, 'its console is only what came after the first');
  t.match(logOf('second'), /p2plab: begin write/);
  t.notMatch(logOf('first'), /p2plab: idle before[^]*p2plab: idle before/);
  t.match(logOf('wrong'), /Linux version/, 'a boot of its own');
  t.match(evidenceOf('shared-boots/shared-boot.what=wrong').sharedBoot, { after: titles });
  for (const what of ['first', 'second', 'wrong', 'after'])
    t.notOk(
      existsSync(path.join(dir, `results/shared-boot.what=${what}/host/nvme0.disk`)),
      'no disk is left',
    );
  t.notOk(existsSync(path.join(dir, 'shared-boots/shared-boot.what=wrong/host/nvme0.disk')));
});
