import { acs } from './acs.js';
import { aerInject } from './aer-inject.js';
import { ioBegin, ioCheck, ioEnd } from './background-io.js';
import { bindTogether } from './bind-together.js';
import { deviceRefs } from './device-refs.js';
import { driveReset } from './drive-reset.js';
import { failBind, failMap } from './fail-allocations.js';
import { fio } from './fio.js';
import { hotPlug } from './hot-plug.js';
import { hotUnplug } from './hot-unplug.js';
import { kunit } from './kunit.js';
import { machineKill } from './machine-kill.js';
import { module } from './module.js';
import { nvmeCmb } from './nvme-cmb.js';
import { nvmeConnect } from './nvme-connect.js';
import { nvmeDisconnect } from './nvme-disconnect.js';
import { nvmeDisk } from './nvme-disk.js';
import { nvmeReset } from './nvme-reset.js';
import { nvmetExport } from './nvmet-export.js';
import { nvmetNamespace } from './nvmet-namespace.js';
import { nvmetResize } from './nvmet-resize.js';
import { nvmetUnexport } from './nvmet-unexport.js';
import { ownTest } from './own-test.js';
import { p2pIo } from './p2p-io.js';
import { p2pPaths } from './p2p-paths.js';
import { p2pmemAlloc } from './p2pmem-alloc.js';
import { p2pmemChoice } from './p2pmem-choice.js';
import { p2pmemChurn } from './p2pmem-churn.js';
import { p2pmemCopy } from './p2pmem-copy.js';
import { p2pmemCost } from './p2pmem-cost.js';
import { p2pmemDevices } from './p2pmem-devices.js';
import { p2pmemExhaust } from './p2pmem-exhaust.js';
import { p2pmemHold } from './p2pmem-hold.js';
import { p2pmemHolders } from './p2pmem-holders.js';
import { p2pmemMap } from './p2pmem-map.js';
import { p2pmemPages } from './p2pmem-pages.js';
import { p2pmemRelease } from './p2pmem-release.js';
import { p2pmemRemoval } from './p2pmem-removal.js';
import { p2pmemRules } from './p2pmem-rules.js';
import { p2pmemSgl } from './p2pmem-sgl.js';
import { p2pmemSizes } from './p2pmem-sizes.js';
import { p2pmemState } from './p2pmem-state.js';
import { p2pmemTime } from './p2pmem-time.js';
import { pageLookup } from './page-lookup.js';
import { patternCheck } from './pattern-check.js';
import { patternFill } from './pattern-fill.js';
import { publish } from './publish.js';
import { rdmaLink } from './rdma-link.js';
import { rebind } from './rebind.js';
import { setLink } from './set-link.js';
import { shell } from './shell.js';
import type { AnyStepKind } from './step-kind.js';

/** Every kind of step that a scenario can have. A new one is a file beside these and a line here. */
export const stepKinds: readonly AnyStepKind[] = [
  p2pmemState,
  p2pmemMap,
  p2pmemExhaust,
  p2pmemSizes,
  p2pmemPages,
  p2pmemHolders,
  p2pmemChurn,
  p2pmemHold,
  p2pmemRelease,
  p2pmemRemoval,
  p2pmemRules,
  p2pmemAlloc,
  p2pmemSgl,
  p2pmemCost,
  p2pmemTime,
  p2pmemDevices,
  pageLookup,
  deviceRefs,
  p2pPaths,
  p2pmemChoice,
  publish,
  acs,
  nvmeCmb,
  rebind,
  bindTogether,
  module,
  kunit,
  fio,
  p2pIo,
  patternFill,
  p2pmemCopy,
  patternCheck,
  driveReset,
  hotUnplug,
  hotPlug,
  ioBegin,
  ioEnd,
  ioCheck,
  setLink,
  aerInject,
  failMap,
  failBind,
  machineKill,
  rdmaLink,
  nvmetExport,
  nvmetNamespace,
  nvmetResize,
  nvmetUnexport,
  nvmeConnect,
  nvmeDisk,
  nvmeReset,
  nvmeDisconnect,
  shell,
  ownTest,
];

/** The kind of a step that the scenario stage has let pass. */
export function kindOf({ kind }: { kind: string }): AnyStepKind {
  const found = stepKinds.find((known) => known.kind === kind);
  if (!found) throw new Error(`no step kind ${kind}`);
  return found;
}
