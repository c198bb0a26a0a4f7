import t from 'tap';
import { p2pPaths } from './p2p-paths.js';
import { samplesOf, scriptsOf } from './sample.test.support.js';

const params = { clients: ['nvme1', 'fab0'], providers: ['shm0', 'nvme1'] };

t.test('each client is asked about with each provider', async (t) => {
  t.strictSame(scriptsOf(p2pPaths, params)[0]?.split('\n').slice(3), [
    'ask nvme1 shm0 0000:04:00.0 0000:05:00.0',
    'ask nvme1 nvme1 0000:04:00.0 0000:04:00.0',
    'ask fab0 shm0 0000:06:00.0 0000:05:00.0',
    'ask fab0 nvme1 0000:06:00.0 0000:04:00.0',
  ]);
});

t.test('a sample per client has all providers; of a refused one there is no distance', async (t) => {
  const output = `path nvme1 shm0 distance 4 map bus
path nvme1 nvme1 distance 0 map none
path fab0 shm0 distance -1 map refused
path fab0 nvme1 distance 6 map host-bridge
`;
  t.same(samplesOf(p2pPaths, params, output), [
    { name: 'nvme1', value: 'shm0 4 bus, nvme1 none' },
    { name: 'fab0', value: 'shm0 refused, nvme1 6 host-bridge' },
  ]);
});

t.test('without an answer there is no sample', async (t) => {
  const none = new Error('the test module gave no answer about nvme1 and nvme1');
  t.throws(() => samplesOf(p2pPaths, params, 'path nvme1 shm0 distance 4 map bus\n'), none);
});
