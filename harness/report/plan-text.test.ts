import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { packageRoot } from '../common/paths.js';
import { planScenario, type PlanInputs } from '../plan/plan.js';
import { readScenario } from '../scenario/read-scenario.js';
import type { Scenario } from '../scenario/scenario.js';
import { makeRig } from '../workload/make-rig.js';
import { stepKinds } from '../workload/step-kinds.js';
import { expectationText, planText } from './plan-text.js';

const inputs: PlanInputs = {
  host: { accelerator: 'tcg', qemu: { binary: 'qemu-system-x86_64', version: '7.2.22' } },
  kernel: { name: 'p2pmem-6.12', bzImage: '/k/bzImage' },
  rootfs: '/i/root.erofs',
  nonce: '0123456789abcdef',
};
const testdata = path.join(packageRoot, 'harness/report/testdata');
const update = process.env.P2PLAB_UPDATE_GOLDEN === '1';

function textOf(scenario: Scenario): string {
  const plan = planScenario(scenario, inputs);
  if (plan.kind === 'skip') return planText(scenario, plan);
  const rig = makeRig(scenario, plan, new Map());
  const steps = scenario.steps.map(({ name, kind, machine, params }) => {
    const commands = stepKinds.find((k) => k.kind === kind)!.commands(params as never, rig);
    return { name, kind, machine, commands };
  });
  return planText(scenario, { ...plan, steps });
}

function variantsOf(file: string): Scenario[] {
  return readScenario(file, readFileSync(path.join(packageRoot, 'scenarios', file), 'utf8'), stepKinds)
    .variants;
}

const files = readdirSync(path.join(packageRoot, 'scenarios'), { recursive: true, encoding: 'utf8' }).filter(
  (f) => f.endsWith('.yaml'),
);
for (const file of files) {
  for (const scenario of variantsOf(file).filter(({ tags }) => tags.includes('smoke'))) {
    const cell = Object.values(scenario.variant).map((value) => `.${value}`);
    const golden = path.join(testdata, `${scenario.name}${cell.join('')}.golden`);
    t.test(`the plan of ${path.basename(golden, '.golden')} is the golden one`, async (t) => {
      const text = textOf(scenario);
      if (update) writeFileSync(golden, text);
      t.equal(text, readFileSync(golden, 'utf8'), 'P2PLAB_UPDATE_GOLDEN=1 takes the new plan as golden');
    });
  }
}

t.test('a skipped plan is its reasons', async (t) => {
  const [scenario] = variantsOf('copy/nvme-copy-p2p.yaml');
  const reasons = ['kernel k is built without CONFIG_PCI_P2PDMA', 'QEMU 7.2.22 has no device nvme'];
  t.equal(
    planText(scenario!, { kind: 'skip', reasons }),
    `# nvme-copy-p2p [provider=nvme0]: One drive writes and reads through memory on another PCI device
# skipped: kernel k is built without CONFIG_PCI_P2PDMA
# skipped: QEMU 7.2.22 has no device nvme

`,
  );
});

t.test('a machine whose kernel command line says exec is printed whole', async (t) => {
  const [scenario] = variantsOf('copy/nvme-copy-p2p.yaml');
  scenario!.machines.host!.append = ['p2plab.then=exec true'];
  t.match(textOf(scenario!), "p2plab.then=exec true' \\\n");
});

t.test('what is not built yet is a variable that the shell fills in', async (t) => {
  const [scenario] = variantsOf('copy/nvme-copy-p2p.yaml');
  const plan = planScenario(scenario!, {
    ...inputs,
    kernel: { name: 'k', bzImage: '$BZIMAGE' },
    rootfs: '$ROOTFS',
  });
  if (plan.kind === 'skip') throw new Error('a skip');
  const text = planText(scenario!, { ...plan, steps: [] });
  t.match(text, '-kernel "$BZIMAGE" \\\n');
  t.match(text, 'file.driver=file,file.filename="$ROOTFS" \\\n');
});

t.test('an expectation in words has no noise of binary fractions', async (t) => {
  const claim = { type: 'data' as const, steps: ['w', 'r'], drive: 'nvme1', through: 'shm0' };
  t.equal(
    expectationText({ ...claim, atLeast: 0.29 }),
    "at least 29 % of nvme1's data in w, r goes through the BAR of shm0",
  );
  t.equal(
    expectationText({ ...claim, through: 'none', atLeast: 0.9999 }),
    "at least 99.99 % of nvme1's data in w, r goes through RAM",
  );
  t.equal(expectationText({ type: 'value', of: 'w.error', is: 'ENOMEM' }), 'w.error is ENOMEM');
});

t.test('modules of the kernel come before the first step', async (t) => {
  const [scenario] = variantsOf('copy/nvme-copy-p2p.yaml');
  const plan = planScenario(scenario!, inputs);
  if (plan.kind === 'skip') throw new Error(plan.reasons[0]);
  const steps = [{ name: 's', kind: 'shell', machine: 'host', commands: [{ label: 'x', script: 'true' }] }];
  const modules = { dir: '/cache/files', release: '6.12.1', atBoot: ['nvme', 'nvmet'] };
  const [before] = planText(scenario!, { ...plan, steps, modules }).split('# step s');
  t.match(
    before,
    '# before the first step, in each machine: copy what is in /cache/files to /lib/modules/6.12.1, then\n',
  );
  t.match(before, 'for module in nvme nvmet; do\n');
});

t.test('what QEMU is told to do stands in comments', async (t) => {
  const scenario = variantsOf('lifetime/hotplug.yaml')[0]!;
  const lines = textOf(scenario).split('\n');
  const at = lines.indexOf('# step provider-goes (unplug), to QEMU of host by QMP until nvme0 is gone:');
  t.equal(lines[at + 1], '#   {"execute":"device_del","arguments":{"id":"nvme0"}}');
});
