import { deviceRefs } from './device-refs.js';
import { fio } from './fio.js';
import { kunit } from './kunit.js';
import { nvmeConnect } from './nvme-connect.js';
import { nvmeDisconnect } from './nvme-disconnect.js';
import { nvmeDisk } from './nvme-disk.js';
import { nvmeReset } from './nvme-reset.js';
import { nvmetExport } from './nvmet-export.js';
import { nvmetNamespace } from './nvmet-namespace.js';
import { nvmetResize } from './nvmet-resize.js';
import { nvmetUnexport } from './nvmet-unexport.js';
import { p2pmemAlloc } from './p2pmem-alloc.js';
import { p2pmemCost } from './p2pmem-cost.js';
import { p2pmemDevices } from './p2pmem-devices.js';
import { p2pmemExhaust } from './p2pmem-exhaust.js';
import { p2pmemHold } from './p2pmem-hold.js';
import { p2pmemMap } from './p2pmem-map.js';
import { p2pmemRelease } from './p2pmem-release.js';
import { p2pmemRemoval } from './p2pmem-removal.js';
import { p2pmemSgl } from './p2pmem-sgl.js';
import { p2pmemState } from './p2pmem-state.js';
import { p2pmemTime } from './p2pmem-time.js';
import { pageLookup } from './page-lookup.js';
import { rdmaLink } from './rdma-link.js';
import { rebind } from './rebind.js';
import { shell } from './shell.js';
import type { AnyStepKind } from './step-kind.js';

/** Every kind of step that a scenario can have. A new one is a file beside these and a line here. */
export const stepKinds: readonly AnyStepKind[] = [
  p2pmemState,
  p2pmemMap,
  p2pmemExhaust,
  p2pmemHold,
  p2pmemRelease,
  p2pmemRemoval,
  p2pmemAlloc,
  p2pmemSgl,
  p2pmemCost,
  p2pmemTime,
  p2pmemDevices,
  pageLookup,
  deviceRefs,
  rebind,
  kunit,
  fio,
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
];

/** The kind of a step that the scenario stage has let pass. */
export function kindOf({ kind }: { kind: string }): AnyStepKind {
  const found = stepKinds.find((known) => known.kind === kind);
  if (!found) throw new Error(`no step kind ${kind}`);
  return found;
}
