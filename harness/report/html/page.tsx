import type { JSX } from 'preact';
import type { RunComparison } from '../compare-runs.js';
import type { RunDocument } from '../run-document.js';
import { bootRows, countsText, environmentRows } from '../run-facts.js';
import { ComparisonSection } from './comparison-section.js';
import { Facts } from './facts.js';
import { Filters } from './filters.js';
import { PageFrame } from './page-frame.js';
import { PropertyTable } from './property-table.js';
import type { Rate } from './rates.js';
import type { ResultView } from './read-result-views.js';
import { ResultTable } from './result-rows.js';

export type PageProps = {
  run: RunDocument;
  /** How many results there were to be. */
  planned: number;
  views: readonly ResultView[];
  rates: ReadonlyMap<string, Rate[]>;
  comparison?: RunComparison;
  /** Ids of views that are drawn. */
  pictures: ReadonlySet<string>;
  now: Date;
};

export function Page(props: PageProps): JSX.Element {
  const { run, planned, views, comparison, now } = props;
  const title = `p2plab: ${countsText(run)}`;
  return (
    <PageFrame
      title={title}
      subtitle={`Run ${run.id}, ${run.kernels.map(({ name, release }) => `${name} (${release})`).join(', ') || 'no kernel'}`}
      note={
        run.state === 'finished'
          ? undefined
          : `The run did not come to its end: ${run.results.length} of ${planned} results are here. What had not finished is not.`
      }
      skipTo={{ id: 'results', text: 'Skip to the results' }}
      footer={`Made by p2plab ${run.harness.version} on ${now.toISOString().slice(0, 10)} from run.json, events.jsonl and evidence.json. Throughput is an emulator's: compare it within one run, never with hardware.`}
    >
      {comparison && <ComparisonSection comparison={comparison} />}
      <h2 id="results" tabIndex={-1}>
        Results
      </h2>
      <Filters views={views} />
      <ResultTable {...props} />
      <PropertyTable results={run.results} />
      <h2>Environment</h2>
      <Facts
        rows={[
          ...environmentRows(run),
          ...bootRows(run.results),
          ['time', `${run.startedAt} to ${run.endedAt ?? 'an unknown end'}`],
        ]}
        caption="What it ran on"
      />
    </PageFrame>
  );
}
