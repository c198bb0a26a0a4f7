import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { p2plab } from './run-p2plab.test.support.js';

t.test(
  'an old run is judged again without QEMU: the same byte for byte, until the evidence says otherwise',
  async (t) => {
    const dir = path.join(t.testdir(), 'run');
    const run = ['run', 'p2pmem-allocate', '--set', 'provider=shm0', '--install-packages', '--out', dir];
    t.equal((await p2plab(run)).exitCode, 0);
    const before = readFileSync(path.join(dir, 'run.json'), 'utf8');

    const again = await p2plab(['judge', dir, '--write'], { env: { PATH: path.dirname(process.execPath) } });
    t.equal(again.exitCode, 0);
    t.match(again.stdout, /run\.json says the same, byte for byte$/m);
    t.equal(readFileSync(path.join(dir, 'run.json'), 'utf8'), before);

    const file = path.join(dir, 'results/p2pmem-allocate.provider=shm0/evidence.json');
    const evidence = readFileSync(file, 'utf8');
    writeFileSync(file, evidence.replace(/("name": "pagesTaken",\s+"value": )37/, '$136'));
    const changed = await p2plab(['judge', dir]);
    t.equal(changed.exitCode, 1);
    t.match(
      changed.stdout,
      /^fail \(was pass\) p2pmem-allocate \[provider=shm0\]\n {4}odd-pages\.pagesTaken is 36, not 37$/m,
    );
    t.equal(readFileSync(path.join(dir, 'run.json'), 'utf8'), before, 'without --write nothing is written');
  },
);
