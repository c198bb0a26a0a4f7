import t from 'tap';
import { failed, result, skipped } from '../report/sample.test.support.js';
import { judgeMutant } from './judge-mutant.js';

const broken = result({ outcome: 'broken', reasons: ['no space left'] });

t.test('the first failure kills, by its first check that does not hold', async (t) => {
  t.strictSame(judgeMutant([result(), broken, failed]), {
    state: 'killed',
    cause: {
      title: 'copy [provider=nvme0]',
      check: "write: data of nvme1 goes through nvme0's BAR",
      reason: "0 % of nvme1's data went through nvme0's BAR in step write: ram 8192 B",
    },
  });
});

t.test('a kernel that does not boot is not killed', async (t) => {
  t.match(judgeMutant([{ ...failed, phases: { wallMs: 1000 } }]), { state: 'does-not-boot' });
});

t.test('when all pass or are skipped it survives', async (t) => {
  t.strictSame(judgeMutant([result(), skipped]), { state: 'survived' });
});

t.test('a broken variant leaves it open', async (t) => {
  t.strictSame(judgeMutant([result(), broken]), {
    state: 'broken',
    problem: 'copy [provider=shm0]: no space left',
  });
});

t.test('nobody looked: not survived', async (t) => {
  t.strictSame(judgeMutant([skipped]), { state: 'broken', problem: 'no scenario ran' });
  t.strictSame(judgeMutant([]), { state: 'broken', problem: 'no scenario ran' });
});
