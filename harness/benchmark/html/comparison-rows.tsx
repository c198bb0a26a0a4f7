import type { JSX } from 'preact';
import { verdictOrder, verdictTitles } from '../bench-words.js';
import { nameOf } from '../compare-boots.js';
import type { Comparison, Verdict } from '../comparison.js';

const classes: Record<Verdict, string> = { worse: 'fail', better: 'pass', unclear: 'skip', same: 'soft' };

/** Every metric, the most telling verdict first. What a clock tells has no absolutes: those are an emulator's. */
export function ComparisonRows({ comparisons }: { comparisons: readonly Comparison[] }): JSX.Element {
  const sorted = verdictOrder.flatMap((verdict) => comparisons.filter((c) => c.verdict === verdict));
  return (
    <div class="scroll" role="region" aria-label="Metrics" tabIndex={0}>
      <table>
        <caption>
          n is the number of boots of each side; noise is how far boots of one side are apart.
        </caption>
        <thead>
          <tr>
            <th scope="col">Verdict</th>
            <th scope="col">Metric</th>
            <th scope="col">Better</th>
            {['n', 'Base', 'Head', 'Change', 'Interval', 'Noise'].map((name) => (
              <th scope="col" class="number">
                {name}
              </th>
            ))}
            <th scope="col">In words</th>
          </tr>
        </thead>
        <tbody>{sorted.map(row)}</tbody>
      </table>
    </div>
  );
}

function row(comparison: Comparison): JSX.Element {
  const { verdict, better, n, kind, base, head, change, noise, unit, words } = comparison;
  const value = (number: number) => (kind === 'wall' ? '' : [`${number}`, unit].join(' ').trim());
  const numbers = [
    `${n}`,
    value(base),
    value(head),
    change ? `${change.estimate} %` : '',
    change ? interval(change) : '',
    noise === undefined ? '' : `${noise} %`,
  ];
  return (
    <tr>
      <td class={`outcome ${classes[verdict]}`}>{verdictTitles[verdict]}</td>
      <th scope="row">{nameOf(comparison)}</th>
      <td>{better}</td>
      {numbers.map((text) => (
        <td class="number">{text}</td>
      ))}
      <td class="base">{words}</td>
    </tr>
  );
}

const interval = ({ low, high }: NonNullable<Comparison['change']>): string =>
  `${low}${low === high ? '' : ` to ${high}`} %`;
