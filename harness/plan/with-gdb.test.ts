import t from 'tap';
import { limitsFor } from './limits.js';
import { withGdb } from './with-gdb.js';

t.test(
  'machines wait, at the addresses of vmlinux, and no deadline holds but those of QEMU itself',
  async (t) => {
    const machine = { name: 'host', argv: ['qemu', '-append', 'ro', '-nodefaults'], nonce: '0', files: [] };
    const rest = { scratch: [], bridges: [], devices: [] };
    const plan = withGdb({ kind: 'run', machines: [{ ...machine, ...rest }], limits: limitsFor('tcg') });
    t.strictSame(plan.machines[0]!.argv, [
      ...['qemu', '-append', 'ro nokaslr', '-nodefaults'],
      ...['-gdb', 'unix:gdb.sock,server=on,wait=off', '-S'],
    ]);
    const day = 86_400_000;
    t.match(plan.limits, { startMs: 20_000, stopMs: 10_000, bootMs: day, stepMs: day, connectMs: day });
  },
);
