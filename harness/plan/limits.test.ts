import t from 'tap';
import { limitsAfterBoot, limitsFor } from './limits.js';

const tcg = limitsFor('tcg');

t.test('a guest that boots as usual keeps the limits', async (t) => {
  t.same(limitsAfterBoot(tcg, 3_000, 'tcg'), tcg);
});

t.test('a slow kernel has more time for all that follows its boot', async (t) => {
  const slow = limitsAfterBoot(tcg, 32_000, 'tcg');
  t.same(slow, {
    ...tcg,
    connectMs: tcg.connectMs * 4,
    stepMs: tcg.stepMs * 4,
    evidenceMs: tcg.evidenceMs * 4,
    rebindMs: tcg.rebindMs * 4,
  });
});

t.test('but not without end', async (t) => {
  t.equal(limitsAfterBoot(tcg, 200_000, 'tcg').stepMs, tcg.stepMs * 8);
});

t.test('under KVM the guest works quicker, and the same boot is a slow one', async (t) => {
  const kvm = limitsFor('kvm');
  t.equal(kvm.stepMs, 60_000);
  t.equal(limitsAfterBoot(kvm, 8_000, 'kvm').stepMs, 120_000);
});
