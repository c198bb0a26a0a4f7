import type { JSX } from 'preact';
import type { MachineEvidence } from '../../evidence/evidence.js';
import { formatSize } from '../../common/size.js';
import { flowBytes, type Flow } from './flows.js';
import { colour, regionColour } from './palette.js';
import {
  boxHeight,
  layoutTopology,
  pathThrough,
  ramId,
  rootId,
  type Box,
  type Layout,
} from './topology-layout.js';

type Point = [x: number, y: number];

/** A machine's PCIe tree from the plan, and over it the ways that data took, by the ledger. */
export function TopologyDrawing({
  machine,
  iommu,
  flows,
  providers,
}: {
  machine: MachineEvidence;
  iommu?: string;
  flows: readonly Flow[];
  providers: readonly string[];
}): JSX.Element {
  const { boxes, width, height } = layoutTopology(machine, iommu);
  const all = [...boxes.values()];
  const drawn = flows.flatMap((flow) => {
    const way = pathThrough(boxes, flow.drive, flow.region);
    return way ? [{ flow, way }] : [];
  });
  const told = drawn.map(
    ({ flow }) =>
      `${flow.drive} ${flow.region === 'ram' ? 'to and from RAM' : `through memory of ${flow.region}`}: ${flowBytes(flow, formatSize)}`,
  );
  return (
    <svg
      class="topology"
      role="img"
      aria-label={`PCIe topology of ${machine.name}. ${told.join('; ') || 'No data moved.'}`}
      xmlns="http://www.w3.org/2000/svg"
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      font-family="system-ui, sans-serif"
      font-size="11"
    >
      <g fill="none" stroke={colour('line')} stroke-width="1.5">
        {all.flatMap((box) =>
          box.parent === undefined ? [] : [<path d={line(wire(boxes.get(box.parent)!, box, 0))} />],
        )}
        <path d={line(wire(boxes.get(rootId)!, boxes.get(ramId)!, 0))} />
      </g>
      <g fill={colour('raised')} stroke={colour('line')}>
        {all.map((box) => (
          <rect x={box.x} y={box.y} width={box.width} height={boxHeight} rx="3" {...edge(box, providers)} />
        ))}
      </g>
      <g fill="none" stroke-width="2.5" stroke-linejoin="round">
        {drawn.map(({ flow, way }, i) => (
          <path
            d={line(route(boxes, way, offset(i, drawn.length)))}
            stroke={regionColour(flow.region, providers)}
          />
        ))}
      </g>
      <g fill="currentColor">
        {all.map(({ x, y, label }) => (
          <text x={x + 7} y={y + 14}>
            {label}
          </text>
        ))}
      </g>
      <g fill={colour('soft')} font-size="10" text-anchor="end">
        {all.flatMap(({ x, y, width, detail }) =>
          detail === ''
            ? []
            : [
                <text x={x + width - 7} y={y + 14}>
                  {detail}
                </text>,
              ],
        )}
      </g>
    </svg>
  );
}

/** Two ways along one wire lie beside each other. */
const offset = (i: number, count: number): number => (i - (count - 1) / 2) * 3.5;
const wireY = 23;

/** Memory has the colour of the bytes that go there. */
function edge({ kind, parent }: Box, providers: readonly string[]) {
  if (kind === 'ram') return { stroke: colour('ram'), 'stroke-width': 2 };
  return kind === 'memory' ? { stroke: regionColour(parent!, providers), 'stroke-width': 2 } : {};
}

/** From the right edge of a bridge to the left edge of what hangs on it; from the root complex down to RAM. */
function wire(parent: Box, child: Box, shift: number): Point[] {
  if (child.kind === 'ram') {
    const x = parent.x + parent.width - 26 + shift;
    return [
      [x, parent.y + boxHeight],
      [x, child.y],
    ];
  }
  const [from, to, turn] = [parent.y + wireY + shift, child.y + wireY + shift, child.x - 14 + shift];
  return [
    [parent.x + parent.width, from],
    [turn, from],
    [turn, to],
    [child.x, to],
  ];
}

function route(boxes: Layout['boxes'], way: readonly string[], shift: number): Point[] {
  const points = way.slice(1).flatMap((id, i) => {
    const [a, b] = [boxes.get(way[i]!)!, boxes.get(id)!];
    if (b.kind === 'ram') return wire(a, b, shift);
    return a.parent === b.id ? wire(b, a, shift).reverse() : wire(a, b, shift);
  });
  const [first, last] = [boxes.get(way[0]!)!, boxes.get(way.at(-1)!)!];
  const begin: Point = [first.x + first.width - 10, first.y + wireY + shift];
  const end: Point =
    last.kind === 'ram'
      ? [points.at(-1)![0], last.y + 18]
      : [last.x + last.width / 2, last.y + wireY + shift];
  return [begin, ...turned(boxes, way, points, shift), end];
}

/** Where it turns back down it goes a little into the bridge, so that it shows which one it is. Into RAM it goes through the root complex. */
function turned(boxes: Layout['boxes'], way: readonly string[], points: Point[], shift: number): Point[] {
  const into = way.findIndex(
    (id, i) =>
      i > 0 &&
      i < way.length - 1 &&
      boxes.get(way[i - 1]!)!.parent === id &&
      boxes.get(way[i + 1]!)!.parent === id,
  );
  const root = way.at(-1) === ramId ? way.length - 2 : -1;
  const at = into > 0 ? into : root;
  if (at <= 0) return points;
  const box = boxes.get(way[at]!)!;
  const cut = points.length - (into > 0 ? 4 * (way.length - 1 - at) : 2);
  const y = box.y + wireY + shift;
  const x = into > 0 ? box.x + box.width - 16 : box.x + box.width - 26 + shift;
  return [...points.slice(0, cut), [x, y], ...points.slice(cut)];
}

const line = (points: readonly Point[]): string =>
  points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${x},${y}`).join('');
