import t from 'tap';
import type { Evidence, MachineEvidence } from '../evidence/evidence.js';
import { checkAccounting } from './check-accounting.js';

const pool = { size: 8192, available: 8192, published: 1 };

const reasons = (machine: Partial<MachineEvidence>) =>
  checkAccounting({
    machines: [{ name: 'host', idle: { before: { shm0: pool }, after: { shm0: pool } }, ...machine }],
    steps: [],
  } as unknown as Evidence).flatMap(({ ok, reason }) => (ok ? [] : [reason]));

t.test('what a control run takes and does not give back is seen at the end', (t) => {
  const idle = { before: { shm0: pool }, after: { shm0: pool } };
  t.strictSame(reasons({ idle: { ...idle, end: { shm0: pool } } }), []);
  t.strictSame(reasons({ idle: { ...idle, end: { shm0: { ...pool, available: 4096 } } } }), [
    "taking back what the steps set up changes shm0's pool: 8192 B of 8192 B, published, then 4096 B of 8192 B, published",
  ]);
  t.end();
});

t.test('references that nobody gave back, or one too many, are counted', (t) => {
  const before = { shm0: 5 };
  t.strictSame(reasons({ references: { before, end: { shm0: 5 } } }), []);
  t.strictSame(reasons({ references: { before, end: { shm0: 7 } } }), [
    'the PCI device of shm0 has 2 more references, nobody gave them back: 5 before the first step, 7 when all was taken back',
  ]);
  t.strictSame(reasons({ references: { before, end: { shm0: 4 } } }), [
    'the PCI device of shm0 has 1 references less: 5 before the first step, 4 when all was taken back',
  ]);
  t.end();
});

t.test('a count without an earlier one says nothing', (t) => {
  t.strictSame(reasons({ references: { before: {}, end: { shm0: 5 } } }), []);
  t.end();
});

t.test('a provider that is unplugged has no pool, and need not have its old one', (t) => {
  const unplugged = { after: ['shm0'] };
  t.strictSame(reasons({ unplugged, idle: { before: { shm0: pool }, after: {} } }), []);
  t.strictSame(reasons({ unplugged, idle: { before: { shm0: pool }, after: { shm0: pool } } }), [
    'shm0 is unplugged, and the kernel still shows its pool: 8192 B of 8192 B, published',
  ]);
  t.end();
});
