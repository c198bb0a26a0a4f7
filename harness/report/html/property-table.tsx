import type { JSX } from 'preact';
import { scenarioTitle } from '../../scenario/scenario.js';
import type { Result } from '../run-document.js';

/** What scenarios compare kernels in; nothing when the run was of one kernel. */
export function PropertyTable({ results }: { results: readonly Result[] }): JSX.Element | null {
  const kernels = [...new Set(results.filter((r) => r.comparison.length > 0).map((r) => r.kernel))];
  if (kernels.length < 2) return null;
  const rows = new Map<string, { property: string; title: string; values: Map<string, string> }>();
  for (const { scenario, variant, kernel, comparison } of results) {
    const { kernel: _chosen, ...rest } = variant;
    const title = scenarioTitle(scenario, rest);
    for (const { property, value } of comparison) {
      const key = JSON.stringify([property, title]);
      const row = rows.get(key) ?? { property, title, values: new Map() };
      rows.set(key, row);
      row.values.set(kernel, value);
    }
  }
  return (
    <>
      <h2>Properties by kernel</h2>
      <div class="scroll" role="region" aria-label="Properties by kernel" tabIndex={0}>
        <table>
          <caption>Each value is from this run.</caption>
          <thead>
            <tr>
              <th scope="col">Property</th>
              <th scope="col">Scenario</th>
              {kernels.map((kernel) => (
                <th scope="col">{kernel}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {[...rows.values()].map(({ property, title, values }) => (
              <tr>
                <th scope="row">{property}</th>
                <td>{title}</td>
                {kernels.map((kernel) => (
                  <td>{values.get(kernel) ?? ''}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
