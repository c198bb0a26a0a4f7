import type { MachineEvidence } from '../../evidence/evidence.js';
import type { Device } from '../../scenario/scenario.js';
import { formatSize } from '../../common/size.js';

// Boxes from left to right, root complex to devices: one row for each device, one column for each bridge above it.

export type Box = {
  id: string;
  kind: 'root' | 'memory' | 'bridge' | 'device' | 'ram';
  x: number;
  y: number;
  width: number;
  label: string;
  detail: string;
  /** The box that it hangs on. */
  parent?: string;
};
export type Layout = { boxes: Map<string, Box>; width: number; height: number };

export const boxHeight = 32;
const rowHeight = 42;
const columnGap = 26;
const bridgeWidth = 122;
const deviceWidth = 158;
const memoryWidth = 84;
const rootWidth = 158;
const left = 4;
export const rootId = '(root complex)';
export const ramId = '(ram)';

type Node = { id: string; bdf: string; behind: string[] };

export function layoutTopology({ planned }: MachineEvidence, iommu?: string): Layout {
  const boxes = new Map<string, Box>();
  const bridges = new Map(planned.bridges.map((bridge) => [bridge.id, bridge]));
  const root: Box = {
    id: rootId,
    kind: 'root',
    x: left,
    y: 4,
    width: deviceWidth,
    label: 'root complex',
    detail: iommu ? `${iommu} IOMMU` : '',
  };
  boxes.set(rootId, root);
  const depth = Math.max(0, ...planned.devices.map(({ behind }) => behind.length));
  const columnX = (column: number) =>
    left + (column === 0 ? 0 : rootWidth + columnGap + (column - 1) * (bridgeWidth + columnGap));
  let row = 0;
  for (const device of planned.devices) {
    const y = 4 + row * rowHeight;
    for (const [column, id] of device.behind.entries()) {
      if (boxes.has(id)) continue;
      const bridge = bridges.get(id);
      boxes.set(id, {
        id,
        kind: 'bridge',
        x: columnX(column + 1),
        y,
        width: bridgeWidth,
        label: bridgeName(bridge?.model),
        detail: shortBdf(bridge),
        parent: column === 0 ? rootId : device.behind[column - 1]!,
      });
    }
    const x = columnX(depth + 1);
    boxes.set(device.id, {
      id: device.id,
      kind: 'device',
      x,
      y,
      width: deviceWidth,
      label: `${device.id}, ${typeName(device.device)}`,
      detail: shortBdf(device),
      parent: device.behind.at(-1) ?? rootId,
    });
    const memory = memoryOf(device.device);
    if (memory)
      boxes.set(memoryId(device.id), {
        id: memoryId(device.id),
        kind: 'memory',
        x: x + deviceWidth + 14,
        y,
        width: memoryWidth,
        ...memory,
        parent: device.id,
      });
    row += 1;
  }
  const rows = Math.max(row, 2);
  boxes.set(ramId, {
    id: ramId,
    kind: 'ram',
    x: left,
    y: 4 + rowHeight * (rows > 2 ? 2 : 1),
    width: deviceWidth,
    label: 'RAM, behind the CPU',
    detail: '',
  });
  const width = columnX(depth + 1) + deviceWidth + 14 + memoryWidth + left;
  return { boxes, width, height: (rows > 2 ? rows : 2) * rowHeight };
}

export const memoryId = (device: string): string => `${device} memory`;

/** From a box up to the root complex. */
export function ancestors(boxes: Layout['boxes'], id: string): string[] {
  const chain: string[] = [];
  for (let box = boxes.get(id); box; box = box.parent === undefined ? undefined : boxes.get(box.parent))
    chain.push(box.id);
  return chain;
}

/** Boxes from a drive to the memory where its data was, over the lowest bridge that has both below it. */
export function pathThrough(boxes: Layout['boxes'], drive: string, region: string): string[] | undefined {
  const up = ancestors(boxes, drive);
  if (region === 'ram') return [...up, ramId];
  const down = ancestors(boxes, memoryId(region));
  const meeting = up.find((id) => down.includes(id));
  if (up.length === 0 || meeting === undefined) return undefined;
  return [...up.slice(0, up.indexOf(meeting) + 1), ...down.slice(0, down.indexOf(meeting)).reverse()];
}

const shortBdf = (node: Node | undefined): string => node?.bdf.replace(/^0000:/, '') ?? '';

function bridgeName(model = 'bridge'): string {
  if (model === 'pcie-root-port') return 'root port';
  if (model === 'x3130-upstream') return 'switch';
  return model === 'xio3130-downstream' ? 'switch port' : model;
}

function typeName(device: Device): string {
  if (device.type === 'nvme') return 'NVMe';
  return device.type === 'nic' ? `NIC ${device.network}` : device.type;
}

function memoryOf(device: Device): { label: string; detail: string } | undefined {
  if (device.type === 'ivshmem') return { label: 'BAR 2', detail: formatSize(device.size) };
  if (device.type === 'nvme' && device.cmb > 0) return { label: 'CMB', detail: formatSize(device.cmb) };
  return undefined;
}
