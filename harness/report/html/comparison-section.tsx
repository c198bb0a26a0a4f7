import type { JSX } from 'preact';
import type { RunComparison } from '../compare-runs.js';

/** What changed against base: outcomes, ways of data, the environment. Numbers are with each result. */
export function ComparisonSection({ comparison }: { comparison: RunComparison }): JSX.Element {
  const { base, head, results, ways, properties, environment } = comparison;
  const rows = [
    ...results.map((r) => ({
      what: r.title,
      base: r.base ?? '',
      head: r.head ?? '',
      kind: changeWords[r.change],
    })),
    ...ways.map((w) => ({
      what: `${w.title}, ${w.step}`,
      base: w.base.join(', '),
      head: w.head.join(', '),
      kind: 'data went elsewhere',
    })),
    ...properties.map((p) => ({ ...p, kind: 'property' })),
    ...environment.map((e) => ({ ...e, kind: 'environment' })),
  ];
  return (
    <>
      <h2>Changed against base</h2>
      <p class="soft">
        base: run {base.id}, {base.kernels.join(', ')}; head: run {head.id}, {head.kernels.join(', ')}
      </p>
      {rows.length === 0 ? (
        <p>No outcome, no way of data and no property changed.</p>
      ) : (
        <div class="scroll" role="region" aria-label="Changed against base" tabIndex={0}>
          <table>
            <caption>Differences; what is the same is left out, but for what fails in both.</caption>
            <thead>
              <tr>
                <th scope="col">Change</th>
                <th scope="col">What</th>
                <th scope="col">Base</th>
                <th scope="col">Head</th>
              </tr>
            </thead>
            <tbody>
              {rows.map(({ kind, what, base, head }) => (
                <tr>
                  <td>{kind}</td>
                  <th scope="row">{what}</th>
                  <td>{base}</td>
                  <td>{head}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}

const changeWords = {
  new: 'new failure',
  fixed: 'fixed',
  failing: 'fails in both',
  unclear: 'cannot be told',
  added: 'only in head',
  removed: 'only in base',
};
