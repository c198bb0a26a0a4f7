import type { JSX } from 'preact';
import type { RunComparison } from '../compare-runs.js';
import type { RunDocument } from '../run-document.js';
import { countsText, environmentRows } from '../run-facts.js';
import { ComparisonSection } from './comparison-section.js';
import { contentSecurityPolicy } from './content-security.js';
import { Facts } from './facts.js';
import { Filters } from './filters.js';
import { pageScript } from './page-script.js';
import { pageStyle } from './page-style.js';
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
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta
          http-equiv="Content-Security-Policy"
          content={contentSecurityPolicy({ style: pageStyle, script: pageScript })}
        />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{title}</title>
        <style dangerouslySetInnerHTML={{ __html: pageStyle }} />
        <script dangerouslySetInnerHTML={{ __html: pageScript }} />
      </head>
      <body>
        <a class="skip-link" href="#results">
          Skip to the results
        </a>
        <header>
          <div class="top">
            <div>
              <h1>{title}</h1>
              <p class="soft">
                Run {run.id},{' '}
                {run.kernels.map(({ name, release }) => `${name} (${release})`).join(', ') || 'no kernel'}
              </p>
            </div>
            <button type="button" id="theme" class="js-only" aria-label="Switch between light and dark">
              Dark
            </button>
          </div>
          {run.state !== 'finished' && (
            <p class="note" role="note">
              The run did not come to its end: {run.results.length} of {planned} results are here. What had
              not finished is not.
            </p>
          )}
        </header>
        <main>
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
              ['time', `${run.startedAt} to ${run.endedAt ?? 'an unknown end'}`],
            ]}
            caption="What it ran on"
          />
        </main>
        <footer>
          <p>
            Made by p2plab {run.harness.version} on {now.toISOString().slice(0, 10)} from run.json,
            events.jsonl and evidence.json. Throughput is an emulator's: compare it within one run, never with
            hardware.
          </p>
        </footer>
      </body>
    </html>
  );
}
