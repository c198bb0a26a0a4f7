import t from 'tap';
import { onlyTcg } from './probe-accelerator.js';

t.test('coverage takes TCG by itself, and is refused where KVM is asked for', async (t) => {
  for (const choice of ['auto', 'tcg'] as const)
    t.strictSame(onlyTcg(choice, '--coverage'), { accelerator: 'tcg', why: '--coverage needs it' });
  t.throws(() => onlyTcg('kvm', '--coverage'), {
    blame: 'scenario',
    message: '--coverage does not work with --accel kvm: QEMU sees no instruction',
  });
});
