import t from 'tap';
import { queueOf, roomOf } from './pool-queue.js';
import { placeOf } from './reach-redis.js';

const needs = { cpus: 2, memoryMiB: 1500, exclusive: false, accelerator: 'any' } as const;

t.test('a queue for each size; those that want KVM apart', async (t) => {
  const sorts = [needs, { ...needs, accelerator: 'tcg' }, { ...needs, accelerator: 'kvm' }] as const;
  t.same(sorts.map(queueOf), ['p2plab-2c-2g', 'p2plab-2c-2g', 'p2plab-2c-2g-kvm']);
  t.same(queueOf({ ...needs, exclusive: true }), 'p2plab-alone-2c-2g');
});

t.test('what a worker must have for the jobs of a queue', async (t) => {
  const room = { cpus: 2, memoryMiB: 2048, exclusive: false, kvm: false };
  t.same(roomOf('p2plab-2c-2g'), room);
  t.same(roomOf('p2plab-alone-2c-2g-kvm'), { ...room, exclusive: true, kvm: true });
  t.equal(roomOf('p2plab-of-a-later-version'), undefined);
});

t.test('what is shown of an address has no password', async (t) => {
  t.equal(placeOf('rediss://me:secret@host:6380/1'), 'rediss://host:6380');
  t.throws(() => placeOf('host:secret@'), { message: '--redis is no URL of a Redis' });
});
