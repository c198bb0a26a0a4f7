import t from 'tap';
import type { Evidence } from '../evidence/evidence.js';
import type { LateRebind, Rebind } from '../evidence/rebind.js';
import { checkRebind } from './check-rebind.js';

const pool = { size: 8192, available: 8192, published: 1 };
const good: Rebind = {
  device: 'shm0',
  driver: 'p2pmem-ivshmem',
  unbindMs: 20,
  bindMs: 30,
  poolWhileUnbound: false,
  pool,
};

const reasons = (rebind: Rebind | LateRebind) =>
  checkRebind({
    machines: [{ name: 'host', idle: { before: { shm0: pool } }, rebinds: [rebind] }],
  } as unknown as Evidence).flatMap(({ ok, blame, reason }) => (ok ? [] : [[blame, reason]]));

t.test('a provider that has its pool again is right', (t) => {
  t.strictSame(reasons(good), []);
  t.end();
});

t.test('a pool without a driver is the kernel’s fault', (t) => {
  t.strictSame(reasons({ ...good, poolWhileUnbound: true }), [
    ['kernel', 'shm0 still has a pool after p2pmem-ivshmem was unbound from it'],
  ]);
  t.end();
});

t.test('another pool than before, none, and a refusal are told apart', (t) => {
  const before = 'before 8192 B of 8192 B, published';
  const again = 'after p2pmem-ivshmem was bound to shm0 again';
  t.strictSame(reasons({ ...good, pool: { ...pool, available: 4096 } }), [
    ['kernel', `${again} the pool of shm0 is 4096 B of 8192 B, published, ${before}`],
  ]);
  t.strictSame(reasons({ ...good, pool: undefined }), [
    ['kernel', `${again} the pool of shm0 is no pool, ${before}`],
  ]);
  t.strictSame(reasons({ ...good, pool: undefined, refused: 'Cannot allocate memory' }), [
    ['kernel', `${again} the kernel refuses it: Cannot allocate memory, ${before}`],
  ]);
  t.end();
});

t.test('one that never came to its end is its own reason', (t) => {
  const late = 'unbinding and binding shm0 hangs: sh blocked in the kernel';
  t.strictSame(reasons({ device: 'shm0', late, blame: 'kernel' }), [['kernel', late]]);
  t.end();
});
