import path from 'node:path';
import t from 'tap';
import { parsePathLog, readPathLog } from './topology-log.js';

const ids = new Map([
  ['0000:01:00.0', 'nvme0'],
  ['0000:02:00.0', 'shm0'],
]);

t.test('the provider that nvmet uses is told by id, namespace and step', async (t) => {
  const lines = [
    '[    3.100000] p2plab: begin connect\r',
    '[    3.243210] nvmet: using p2pmem on 0000:02:00.0 for nsid 1\r',
    '[    3.300000] p2plab: end connect\r',
    '[    3.400000] nvmet: using p2pmem on 0000:07:00.0 for nsid 2',
  ];
  t.strictSame((await parsePathLog(lines, ids)).uses, [
    { provider: 'shm0', nsid: 1, line: 2, step: 'connect' },
    { provider: '0000:07:00.0', nsid: 2, line: 4 },
  ]);
});

t.test('a refusal is told by client and provider', async (t) => {
  const line =
    '[    4.2] nvme 0000:01:00.0: cannot be used for peer-to-peer DMA as the client and provider (0000:02:00.0) do not share an upstream bridge or whitelisted host bridge';
  t.strictSame((await parsePathLog([line], ids)).refusals, [{ client: 'nvme0', provider: 'shm0', line: 1 }]);
});

t.test('a kernel that repeats itself does not fill the evidence', async (t) => {
  const lines = Array(1000).fill('nvmet: using p2pmem on 0000:02:00.0 for nsid 1');
  t.equal((await parsePathLog(lines, ids)).uses.length, 100);
});

t.test('a console that was never written says nothing', async (t) => {
  t.strictSame(await readPathLog(path.join(t.testdir(), 'console.log'), ids), { uses: [], refusals: [] });
});
