import { hierarchy, treemap, type HierarchyRectangularNode } from 'd3-hierarchy';
import type { JSX } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { inertValue } from '../report/html/inert-value.js';
import { colour, pictureColours } from '../report/html/palette.js';
import { compareCosts, type FunctionChange } from './compare-costs.js';
import type { StepCost } from './step-cost.js';

const size = { width: 960, height: 600, head: 44, foot: 26 };
const letter = { width: 6.4, bold: 7.4, height: 13 };

/** An area, or a function in it; `value` is the greater of its two costs, so that what is gone has a place, too. */
type Node = { name: string; children?: Node[]; value?: number; change?: FunctionChange };
type Placed = HierarchyRectangularNode<Node>;

/**
 * The functions of the I/O path as rectangles, grouped by area: as large as what they cost. What got more expensive is
 * hatched, what got cheaper is dotted, and both have the number with its sign: the colour only says it again.
 * @returns an SVG file without scripts or references
 */
export function costTreemap(scenario: string, base: StepCost, head: StepCost): string {
  const step = inertValue(compareCosts([base], [head]).steps[0]!);
  const areas = new Map<string, Node[]>();
  for (const change of step.functions) {
    const value = Math.max(change.base ?? 0, change.head ?? 0);
    areas.set(change.area, [...(areas.get(change.area) ?? []), { name: change.name, value, change }]);
  }
  const tree: Node = { name: '', children: [...areas].map(([name, children]) => ({ name, children })) };
  const placed = treemap<Node>()
    .size([size.width, size.height])
    .paddingTop(({ depth }) => (depth === 1 ? 16 : 0))
    .paddingInner(1)
    .round(true)(
    hierarchy(tree)
      .sum(({ value = 0 }) => value)
      .sort((a, b) => b.value! - a.value! || (a.data.name < b.data.name ? -1 : 1)),
  );
  const told = `${one(step.base)} to ${one(step.head)} instructions per I/O (${signed(step.change)})`;
  const changed = step.functions.filter(({ real }) => real).map(words);
  const height = size.head + size.height + size.foot;
  return `${renderToString(
    <svg
      xmlns="http://www.w3.org/2000/svg"
      role="img"
      aria-labelledby="title desc"
      width={size.width}
      height={height}
      viewBox={`0 0 ${size.width} ${height}`}
      font-family="system-ui, sans-serif"
      font-size="11"
    >
      <title id="title">{`Cost of ${inertValue(scenario)}, ${step.step} on ${step.machine}: ${told}`}</title>
      <desc id="desc">
        {`Each rectangle is a function of the kernel, as large as its instructions per I/O, base against head. ${changed.length > 0 ? `Changed: ${changed.join('; ')}.` : 'No function changed.'}`}
      </desc>
      <style>{pictureColours}</style>
      <defs>
        <pattern id="more" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="7" height="7" fill={colour('raised')} />
          <rect width="2.5" height="7" fill={colour('fail')} />
        </pattern>
        <pattern id="less" width="7" height="7" patternUnits="userSpaceOnUse">
          <rect width="7" height="7" fill={colour('raised')} />
          <circle cx="3.5" cy="3.5" r="1.6" fill={colour('pass')} />
        </pattern>
      </defs>
      <g fill="currentColor">
        <text x="4" y="16" font-size="14" font-weight="bold">
          {`${inertValue(scenario)}, ${step.step} on ${step.machine}`}
        </text>
        <text x="4" y="35">
          {told}
        </text>
      </g>
      <g transform={`translate(0 ${size.head})`}>
        {placed.children?.map((area) => (
          <Area area={area} />
        ))}
      </g>
      <Legend y={size.head + size.height + 8} />
    </svg>,
  )}\n`;
}

function Area({ area }: { area: Placed }): JSX.Element {
  return (
    <g role="group" aria-label={area.data.name}>
      <text x={area.x0 + 3} y={area.y0 + 12} fill="currentColor" font-weight="bold">
        {fitting(`${area.data.name} ${one(area.value ?? 0)}`, area.x1 - area.x0, letter.bold)}
      </text>
      {area.children?.map((leaf) => (
        <Leaf leaf={leaf} />
      ))}
    </g>
  );
}

function Leaf({ leaf }: { leaf: Placed }): JSX.Element {
  const { x0, y0, x1, y1, data } = leaf;
  const change = data.change!;
  const [width, height] = [x1 - x0, y1 - y0];
  const kind = !change.real ? 'same' : change.change > 0 ? 'more' : 'less';
  const letters = kind === 'same' ? letter.width : letter.bold;
  const name = fitting(data.name, width - 6, letters);
  const figure = kind === 'same' ? one(change.head ?? 0) : signed(change.change);
  const lines = [name, fitting(figure, width - 6, letters)].filter((line) => line !== '');
  const edge = { more: 'fail', less: 'pass', same: 'line' } as const;
  return (
    <g>
      <title>{words(change)}</title>
      <rect
        {...{ x: x0, y: y0, width, height }}
        fill={kind === 'same' ? colour('raised') : `url(#${kind})`}
        stroke={colour(edge[kind])}
        stroke-width={kind === 'same' ? 1 : 2}
      />
      {lines.length > 0 && height >= letter.height * lines.length + 2 && (
        <g fill="currentColor" {...(kind !== 'same' && onPattern)}>
          {lines.map((line, n) => (
            <text x={x0 + 4} y={y0 + letter.height * (n + 1)}>
              {line}
            </text>
          ))}
        </g>
      )}
    </g>
  );
}

/** Letters keep their ground around them. */
const onPattern = {
  'paint-order': 'stroke',
  stroke: colour('ground'),
  'stroke-width': 3,
  'font-weight': 'bold',
};

function Legend({ y }: { y: number }): JSX.Element {
  const entries = [
    [`url(#more)`, 'costs more in head'],
    [`url(#less)`, 'costs less in head'],
    [colour('raised'), 'no difference'],
  ] as const;
  return (
    <g fill="currentColor">
      {entries.map(([fill, text], n) => (
        <g>
          <rect x={4 + n * 170} y={y} width="14" height="12" fill={fill} stroke={colour('line')} />
          <text x={24 + n * 170} y={y + 10}>
            {text}
          </text>
        </g>
      ))}
    </g>
  );
}

/** The whole of a text, its beginning, or nothing: as much as has room. */
function fitting(text: string, width: number, letters: number): string {
  const room = Math.floor(width / letters);
  if (text.length <= room) return text;
  return room >= 6 ? `${text.slice(0, room - 1)}…` : '';
}

const words = ({ name, base, head, change }: FunctionChange): string =>
  `${name}: ${base === undefined ? 'new' : one(base)} → ${head === undefined ? 'gone' : one(head)} (${signed(change)})`;

const one = (value: number): string => value.toFixed(1).replace(/^-(?=0\.0$)/, '');
const signed = (value: number): string => (Number(one(value)) > 0 ? `+${one(value)}` : one(value));
