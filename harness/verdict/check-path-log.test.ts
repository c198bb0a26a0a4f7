import t from 'tap';
import type { Evidence } from '../evidence/evidence.js';
import type { PathLog } from '../evidence/topology-log.js';
import { ivshmem, nic, nvme } from '../plan/sample.test.support.js';
import type { Card, Slot, Step } from '../scenario/scenario.js';
import { checkPathLog } from './check-path-log.js';
import { agreeing, oneSwitch } from './topology.test.support.js';

const card: Card = { type: 'card', functions: [nic('fab0', 'fabric'), ivshmem('shm0')] };
const target: Slot[] = [{ type: 'switch', ports: [nvme('nvme1'), card, ivshmem('shm1')] }];
const step = (name: string, kind: string, params: object = {}): Step => ({
  name,
  kind,
  machine: 'host',
  params,
});
const exportAuto = step('export', 'nvmet-export', {
  transport: 'rdma',
  nic: 'fab0',
  namespaces: [{ drive: 'nvme1', p2pmem: 'auto' }],
});

function evidence(slots: Slot[], log: Partial<PathLog>, steps: Step[]): Evidence {
  const agreed = agreeing(slots, () => {}, steps);
  agreed.machines[0]!.pathLog = { uses: [], refusals: [], ...log };
  return agreed;
}
const reasons = (e: Evidence) => checkPathLog(e).flatMap(({ ok, reason }) => (ok ? [] : [reason]));
const use = (provider: string, name = 'connect') => [{ provider, nsid: 1, line: 7, step: name }];
const steps = [exportAuto, step('connect', 'nvme-connect')];

t.test('nvmet uses the nearest to NIC and drive together', async (t) => {
  const checks = checkPathLog(evidence(target, { uses: use('shm0') }, steps));
  t.match(checks, [{ ok: true, want: 'shm0', got: 'shm0', blame: 'kernel' }]);
});

t.test('nvmet that uses another one fails, with the line', async (t) => {
  t.strictSame(reasons(evidence(target, { uses: use('shm1') }, steps)), [
    'nvmet uses shm1 for namespace 1 in step connect, predicted is shm0 (console line 7)',
  ]);
});

t.test('nvmet that uses peer memory without being told fails', async (t) => {
  const none = step('export', 'nvmet-export', {
    transport: 'rdma',
    nic: 'fab0',
    namespaces: [{ drive: 'nvme1', p2pmem: 'none' }],
  });
  t.strictSame(reasons(evidence(target, { uses: use('shm0') }, [none, steps[1]!])), [
    'nvmet uses shm0 for namespace 1 in step connect, predicted is none (console line 7)',
  ]);
});

t.test('a path that is refused although it is predicted fails', async (t) => {
  const refusals = [{ client: 'nvme0', provider: 'shm0', line: 9, step: 'write' }];
  t.strictSame(reasons(evidence(oneSwitch, { refusals }, [step('write', 'fio')])), [
    'the kernel refuses nvme0 → shm0 in step write, predicted is distance 4, bus address: sw0 is above both, and no bridge on the path redirects requests or completions (ACS) (console line 9)',
  ]);
});

t.test('after a shell step the topology may be another one', async (t) => {
  const refusals = [
    { client: 'nvme0', provider: 'shm0', line: 9, step: 'write' },
    { client: 'nvme0', provider: 'shm0', line: 9 },
  ];
  const changed = [step('acs', 'shell'), step('write', 'fio')];
  t.strictSame(checkPathLog(evidence(oneSwitch, { refusals }, changed)), []);
});
