import t from 'tap';
import type { Step } from '../scenario/scenario.js';
import { predictInCapsule } from './predict-capsule.js';

const step = (kind: string, params: object, name = kind): Step => ({ name, kind, machine: 'target', params });

const scenario = (transport: string, inline: number | undefined, rw = 'write', disk = 'remote0'): Step[] => [
  step('nvmet-export', { subsystem: 's', port: 1, inline }),
  step('nvme-connect', { subsystem: 's', as: ['remote0', 'remote1'], transport }),
  step('fio', { disk, rw, bs: [512, 4096, 12288, 16384], size: 2 ** 20 }),
];

t.test('writes of at most a page travel in the capsule over RDMA', (t) => {
  t.equal(predictInCapsule('fio', scenario('rdma', undefined)), 2 * 2 ** 20);
  t.end();
});

t.test(
  'what the port offers decides; nothing fits in none, and a last block that is not whole is not written',
  (t) => {
    t.equal(predictInCapsule('fio', scenario('rdma', 0)), 0);
    t.equal(predictInCapsule('fio', scenario('rdma', 16384)), 4 * 2 ** 20 - (2 ** 20 % 12288));
    t.end();
  },
);

t.test('TCP offers 16 KiB by itself', (t) => {
  t.equal(predictInCapsule('fio', scenario('tcp', undefined)), 4 * 2 ** 20 - (2 ** 20 % 12288));
  t.end();
});

t.test('reads, local disks and other steps have nothing to do with a capsule', (t) => {
  t.equal(predictInCapsule('fio', scenario('rdma', undefined, 'read')), 0);
  t.equal(predictInCapsule('fio', scenario('rdma', undefined, 'write', 'nvme1')), 0);
  t.equal(predictInCapsule('nvme-connect', scenario('rdma', undefined)), 0);
  t.equal(predictInCapsule('no-such-step', scenario('rdma', undefined)), 0);
  t.end();
});

t.test(
  'of mixed reads and writes one half is written, and every namespace has the capsule of its port',
  (t) => {
    t.equal(predictInCapsule('fio', scenario('rdma', undefined, 'randrw')), 2 ** 20);
    t.equal(predictInCapsule('fio', scenario('rdma', undefined, 'randwrite', 'remote1')), 2 * 2 ** 20);
    t.end();
  },
);

t.test('a port offers what its first subsystem asked for, until it is made again', (t) => {
  const exported = (subsystem: string, inline: number | undefined, name: string) =>
    step('nvmet-export', { subsystem, port: 1, inline }, name);
  const [, connect, fio] = scenario('rdma', undefined);
  const before = [exported('other', 0, 'a'), exported('s', 16384, 'b'), connect!];
  t.equal(predictInCapsule('fio', [...before, fio!]), 0);
  const taken = ['other', 's'].map((subsystem) => step('nvmet-unexport', { subsystem, port: 1 }, subsystem));
  const again = [...before, ...taken, exported('s', 512, 'c'), fio!];
  t.equal(predictInCapsule('fio', again), 2 ** 20);
  t.end();
});
