import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { BenchDocument, BootCost } from '../benchmark/bench-document.js';
import { BootFailed } from '../benchmark/boot-failed.js';
import type { SideName } from '../benchmark/boot.js';
import { mergeCosts } from '../benchmark/merge-costs.js';
import { measureResult } from '../benchmark/measure-result.js';
import type { BenchLab, BootRun } from '../benchmark/run-bench.js';
import { compareCosts } from '../cost/compare-costs.js';
import { costText } from '../cost/cost-text.js';
import { readRunCosts } from '../cost/read-run-costs.js';
import { readStepCosts } from '../cost/read-step-costs.js';
import type { StepCost } from '../cost/step-cost.js';
import type { AcceleratorChoice } from '../host/probe-accelerator.js';
import { loadRun } from '../report/load-run.js';
import type { Reporter } from '../report/reporter.js';
import { runInFolder } from '../run-in-folder.js';
import { resultFolder } from '../scenario/result-folder.js';
import type { Scenario } from '../scenario/scenario.js';
import { kindOf } from '../workload/step-kinds.js';

export type LabOptions = {
  image: string;
  accelerator: AcceleratorChoice;
  reporter: Reporter;
  complain: (line: string) => void;
};

/** The lab in which a bench boots: each boot is a run like any other, in a folder of its own, alone on the host. */
export function mainBenchLab(
  document: Pick<BenchDocument, 'base' | 'head' | 'kinds'>,
  variants: Record<SideName, Scenario>,
  { image, accelerator, reporter, complain }: LabOptions,
  signal: AbortSignal,
): BenchLab {
  // costs need TCG and not every boot records them: one bench does not change the accelerator
  const sameFor = accelerator === 'auto' && document.kinds.includes('exact') ? 'tcg' : accelerator;
  return {
    async boot(side, dir, { controls, cost: wanted }) {
      const { kernel, patches } = document[side];
      await mkdir(dir, { recursive: true });
      const cost = wanted && variants[side].steps.some((step) => kindOf(step).repeated !== undefined);
      const how = { jobs: 1, controls, without: [], accesses: true, cost, image, accelerator: sameFor };
      const what = { variants: [variants[side]], kernel, extraPatches: patches };
      await runInFolder(
        { id: path.basename(dir), dir, ...how, ...what },
        { reporters: [reporter], complain },
        signal,
      );
      return bootRun(side, dir, cost, signal);
    },
    async costText(base, head) {
      const costsOf = async (dir: string) => (await readRunCosts(dir, signal))[0]!.costs;
      const [before, after] = [await Promise.all(base.map(costsOf)), await Promise.all(head.map(costsOf))];
      return costText(compareCosts(mergeCosts(before), mergeCosts(after)));
    },
    now: () => performance.now(),
  };
}

async function bootRun(side: SideName, dir: string, cost: boolean, signal: AbortSignal): Promise<BootRun> {
  const { run } = await loadRun(dir);
  const [result] = run.results;
  if (result?.outcome !== 'pass') throw new BootFailed(side, dir, result);
  const folder = path.join(dir, 'results', resultFolder(result.scenario, result.variant));
  const kernel = run.kernels.find(({ name }) => name === result.kernel)!;
  const { host, image } = run;
  const costs = cost ? (await readStepCosts(folder, kernel, signal)).map(bootCost) : [];
  return { host, image, kernel, measurements: await measureResult(folder), costs };
}

/** To a tenth of a thousandth: more is noise of the division. */
function bootCost({ step, machine, ios, bytes, functions, apart }: StepCost): BootCost {
  const costs = functions.map(({ name, perIo }) => [name, Number(perIo.toFixed(4))]);
  return {
    ...{ step, machine, ios, bytes },
    functions: Object.fromEntries(costs) as BootCost['functions'],
    apart: apart.map(({ name }) => name),
  };
}
