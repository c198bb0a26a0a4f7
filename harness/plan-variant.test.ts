import t from 'tap';
import { readScenario } from './scenario/read-scenario.js';
import { planVariant } from './plan-variant.js';
import type { Prepared } from './prepare.js';
import { stepKinds } from './workload/step-kinds.js';

const text =
  'name: a\ntitle: b\nmachines: { host: { cpu: EPYC, pcie: [{ nvme: nvme0, size: 64M }] } }\nsteps: [{ shell: { script: "true" } }]\n';
const [scenario] = readScenario('a.yaml', text, stepKinds).variants;

const guestModules = { dir: '/m', names: ['nvme', 'nvmet'], atBoot: [] };
const prepared = (more: Partial<Prepared>, modules = true): Prepared =>
  ({
    kernelOf: () => ({ name: 'mine', bzImage: '/k', ...(modules && { guestModules }) }),
    host: { accelerator: 'tcg', qemu: { binary: 'q', version: '10' } },
    image: { rootfs: '/r' },
    ...more,
  }) as unknown as Prepared;

t.test('what runs of modules cannot be counted: a skip', async (t) => {
  t.match(planVariant(scenario!, prepared({ coveragePlugin: '/p.so' })), {
    kind: 'skip',
    reasons: ['kernel mine has modules, and what runs is counted in vmlinux alone: nvme, nvmet'],
  });
  t.equal(planVariant(scenario!, prepared({})).kind, 'run');
  t.equal(planVariant(scenario!, prepared({ coveragePlugin: '/p.so' }, false)).kind, 'run');
});
