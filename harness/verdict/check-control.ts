import { dipOf } from '../evidence/accounting.js';
import { sumByRegion } from '../evidence/ledger.js';
import type { Evidence, StepEvidence } from '../evidence/evidence.js';
import { notAttributableRegion, ramRegion } from '../evidence/region-map.js';
import type { DataExpectation } from '../scenario/scenario.js';
import { controlPrefix } from '../workload/control-steps.js';
import type { Check } from './check.js';
import { checkSteps } from './check-steps.js';
import { total } from './check-ledger.js';

/**
 * With peer memory off the same steps must look different: data, but none of it in a peer's BAR, and no pool that
 * dips. A claim that cannot be told from its control is not proven.
 */
export function checkControl({ scenario, control }: Evidence): Check[] {
  if (control.state !== 'run') return [];
  const claims = scenario.expect.filter(
    (e): e is DataExpectation => e.type === 'data' && e.through !== 'none',
  );
  const told = claims.flatMap(({ drive, steps }) =>
    steps.flatMap((name) => {
      const step = control.steps.find((s) => s.name === controlPrefix + name);
      return step ? [ledgerCheck(step, name, drive), ...dipChecks(step, name)] : [missingCheck(name)];
    }),
  );
  return [...checkSteps({ steps: control.steps }), ...told];
}

function ledgerCheck(step: StepEvidence, claimed: string, drive: string): Check {
  const byRegion = sumByRegion(Object.values(step.ledgers), { drive });
  const [all, inRam] = [total(byRegion), byRegion[ramRegion] ?? 0];
  const peers = Object.entries(byRegion).filter(
    ([region]) => region !== ramRegion && region !== notAttributableRegion,
  );
  const lost = byRegion[notAttributableRegion] ?? 0;
  const shown = peers.map(([region, bytes]) => `${region} ${bytes} B`).join(', ');
  return {
    name: `${claimed}: without p2pmem ${drive}'s data stays in RAM`,
    ok: all > 0 && inRam === all,
    want: 'data, all of it in RAM',
    got:
      all === 0
        ? 'no data'
        : shown || `ram ${inRam} B${lost > 0 ? `, ${notAttributableRegion} ${lost} B` : ''}`,
    blame: peers.length === 0 ? 'harness' : 'kernel',
    reason:
      all === 0
        ? `step ${claimed} is not proven: its control moved no data`
        : peers.length === 0
          ? `step ${claimed} is not proven: ${lost} B of its control cannot be attributed`
          : `step ${claimed} is not proven: with p2pmem off the same work still went through ${shown}`,
  };
}

function dipChecks(step: StepEvidence, claimed: string): Check[] {
  return Object.keys(step.accounting.lowest ?? {}).map((provider) => {
    const dip = dipOf(step.accounting, provider) ?? 0;
    return {
      name: `${claimed}: without p2pmem available of ${provider} stays`,
      ok: dip === 0,
      want: '0 B',
      got: `${dip} B`,
      blame: 'kernel',
      reason: `step ${claimed} is not proven: with p2pmem off available of ${provider} still fell by ${dip} B`,
    };
  });
}

/** A control that stopped before this step: why is another check's reason. */
const missingCheck = (claimed: string): Check => ({
  name: `${claimed}: has a control run`,
  ok: false,
  want: 'a control run',
  got: 'none',
  blame: 'harness',
  reason: `step ${claimed} is not proven: its control run did not come to it`,
});
