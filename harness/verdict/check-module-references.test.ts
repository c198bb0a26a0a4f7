import t from 'tap';
import type { Evidence, MachineEvidence } from '../evidence/evidence.js';
import { checkModuleReferences } from './check-module-references.js';

const reasons = (moduleReferences: MachineEvidence['moduleReferences']) =>
  checkModuleReferences({ machines: [{ name: 'host', moduleReferences }] } as unknown as Evidence).flatMap(
    ({ ok, reason }) => (ok ? [] : [reason]),
  );

t.test('as many as before', async (t) => {
  t.same(reasons({ before: { nvmet: 0, nvme: 1 }, end: { nvmet: 0, nvme: 1 } }), []);
});

t.test('one that nobody gave back, or one too many', async (t) => {
  t.same(reasons({ before: { nvmet: 0, nvme: 1 }, end: { nvmet: 2, nvme: 0 } }), [
    'module nvmet has 2 more references, nobody gave them back: 0 before the first step, 2 when all was taken back',
    'module nvme has 1 references less: 1 before the first step, 0 when all was taken back',
  ]);
});

t.test('what came or went meanwhile, and a kernel without modules', async (t) => {
  t.same(reasons({ before: { nvmet: 0 }, end: { crc32_generic: 1 } }), []);
  t.same(reasons({ before: { nvmet: 0 } }), []);
  t.same(reasons(undefined), []);
});
