import t from 'tap';
import { machinesOf, machine, nvme, scenario } from './sample.test.support.js';
import { limitsFor } from './limits.js';
import { withMemoryDump } from './with-memory-dump.js';

t.test('a kernel that panics stays where it is', async (t) => {
  const machines = machinesOf(scenario({ host: machine(nvme('nvme0', 0)) }));
  const plan = withMemoryDump({ kind: 'run', machines, limits: limitsFor('tcg') });
  t.match(plan.machines[0]!.argv.join(' '), ' panic=0 net.ifnames=0 ');
  t.match(plan.machines[0]!.argv.slice(-2), ['-device', 'vmcoreinfo']);
  t.notMatch(plan.machines[0]!.argv.join(' '), 'panic=-1');
});
