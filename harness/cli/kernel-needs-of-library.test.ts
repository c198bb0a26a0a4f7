import t from 'tap';
import { selectVariants } from './find-scenarios.js';
import { planScenario } from '../plan/plan.js';
import { scenarioTitle, type Scenario } from '../scenario/scenario.js';
import { missingInKernel } from '../workload/kernel-needs.js';
import { makeRig } from '../workload/make-rig.js';
import { moduleOf } from '../workload/module.js';
import { kindOf } from '../workload/step-kinds.js';
import { testModule } from '../workload/test-module.js';

// What the steps of the library really do in the guest, against what is said to need a certain kernel.

const library = await selectVariants({ names: [] });
const mine = { name: 'mine', bzImage: 'b' };
const host = { accelerator: 'tcg' as const, qemu: { binary: 'q', version: '10' } };

function scriptsOf(scenario: Scenario): string[] {
  const plan = planScenario(scenario, { host, kernel: mine, rootfs: 'r', nonce: '0' });
  if (plan.kind === 'skip') throw new Error(plan.reasons[0]);
  return scenario.steps.flatMap((step) =>
    kindOf(step)
      .commands(step.params as never, makeRig(scenario, plan, new Map(), step.name))
      .flatMap((command) => ('script' in command ? [command.script] : [])),
  );
}

/** Programs that open `allocate` themselves, given the folder of a pool. */
const mapping = /(?:p2pmem|_P2PMEM)\/allocate|^p2pmem-(?:rules|holders|sweep) /m;

t.test('what maps p2pmem in user space is not run before Linux 6.2', async (t) => {
  const mapped = library.filter((scenario) => scriptsOf(scenario).some((script) => mapping.test(script)));
  t.ok(mapped.length > 30, `${mapped.length} variants`);
  for (const scenario of mapped) {
    const title = scenarioTitle(scenario.name, scenario.variant);
    const said = missingInKernel(scenario, { ...mine, release: '6.1.192' });
    t.same(said, ['kernel mine is Linux 6.1.192: user space has p2pmem from 6.2 on'], title);
    t.same(missingInKernel(scenario, { ...mine, release: '6.2.0' }), [], title);
  }
});

t.test('what asks the test module is not run without it', async (t) => {
  const asking = library.filter((scenario) => scriptsOf(scenario).some((s) => s.includes(testModule)));
  t.ok(asking.length > 10, `${asking.length} variants`);
  const symbols = new Map([['P2PMEM_IVSHMEM', 'y']]);
  for (const scenario of asking) {
    const said = missingInKernel(scenario, { ...mine, symbols });
    const needed = scenario.needs.kernel.includes('P2PMEM_TEST');
    const title = scenarioTitle(scenario.name, scenario.variant);
    t.ok(needed || said.some((reason) => reason.includes('CONFIG_P2PMEM_TEST')), title);
  }
});

t.test('nothing of the library is skipped on a kernel that has all', async (t) => {
  const symbols = new Map(['P2PMEM_IVSHMEM', 'P2PMEM_TEST'].map((symbol) => [symbol, 'y']));
  const unloaded = library.flatMap(({ steps }) => steps.filter(({ kind }) => kind === 'module'));
  const guestModules = { names: unloaded.map(({ params }) => moduleOf(params as object)) };
  const kernel = { ...mine, release: '6.12.117', symbols, guestModules };
  t.same(
    library.flatMap((scenario) => missingInKernel(scenario, kernel)),
    [],
  );
});
