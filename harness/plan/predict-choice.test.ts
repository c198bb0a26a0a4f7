import t from 'tap';
import { predictChoice } from './predict-choice.js';
import type { PathMap, PathPrediction } from './predict.js';

const path = (client: string, provider: string, distance: number, map: PathMap = 'bus'): PathPrediction => {
  return { client, provider, distance, map, rule: '', decidedBy: '', path: [] };
};

t.test('the nearest to all clients together is chosen', async (t) => {
  const paths = [
    path('nvme1', 'shm0', 2),
    path('fab0', 'shm0', 6),
    path('nvme1', 'shm1', 4),
    path('fab0', 'shm1', 2),
  ];
  t.strictSame(predictChoice(['nvme1'], paths), { providers: ['shm0'], distance: 2, perhaps: [] });
  t.strictSame(predictChoice(['fab0', 'nvme1'], paths), { providers: ['shm1'], distance: 6, perhaps: [] });
});

t.test('among equals each may be chosen', async (t) => {
  const paths = [path('nvme1', 'shm0', 4), path('nvme1', 'shm1', 4), path('nvme1', 'shm2', 6)];
  t.strictSame(predictChoice(['nvme1'], paths).providers, ['shm0', 'shm1']);
});

t.test('a provider that one client cannot reach is out, however near', async (t) => {
  const paths = [
    path('nvme1', 'shm0', 2),
    path('fab0', 'shm0', 4, 'refused'),
    path('nvme1', 'shm1', 6, 'host-bridge'),
    path('fab0', 'shm1', 6),
  ];
  t.strictSame(predictChoice(['nvme1', 'fab0'], paths).providers, ['shm1']);
});

t.test('nobody is chosen when nobody can be reached', async (t) => {
  t.strictSame(predictChoice(['nvme1'], [path('nvme1', 'shm0', 4, 'refused')]), {
    providers: [],
    perhaps: [],
  });
});

t.test('a provider without published memory is out', async (t) => {
  const paths = [path('nvme1', 'shm0', 2), path('nvme1', 'shm1', 4)];
  t.strictSame(predictChoice(['nvme1'], paths, new Set(['shm1'])).providers, ['shm1']);
});

t.test('an unknown path leaves open whether it is chosen, unless another is nearer', async (t) => {
  const paths = [
    path('nvme1', 'shm0', 4, 'unknown'),
    path('nvme1', 'shm1', 4),
    path('nvme1', 'shm2', 6, 'unknown'),
  ];
  t.strictSame(predictChoice(['nvme1'], paths), { providers: ['shm1'], distance: 4, perhaps: ['shm0'] });
});
