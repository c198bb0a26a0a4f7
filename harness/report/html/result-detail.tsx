import type { JSX } from 'preact';
import { resultFolder } from '../../scenario/result-folder.js';
import { reproduceParts } from '../reproduce.js';
import type { Result } from '../run-document.js';
import { bootText, disputeText } from '../run-facts.js';
import { EvidencePanels } from './evidence-panels.js';
import { Logs } from './logs.js';
import type { PageProps } from './page.js';
import type { ResultView } from './read-result-views.js';
import { CheckTable, FindingTable, MetricTable, StepTable } from './result-tables.js';

/** All of one result, the most telling first: why, what the kernel said, where the data went, then the rest. */
export function ResultDetail({ view, props }: { view: ResultView; props: PageProps }): JSX.Element {
  const { result, evidence } = view;
  const failed = result.checks.filter(({ ok }) => !ok);
  return (
    <>
      <p class="soft">
        {[
          evidence?.scenario.title,
          `kernel ${result.kernel}`,
          view.tags.length > 0 && `tags ${view.tags.join(', ')}`,
          controls[result.controls],
          bootText(result) ?? disputeText(result),
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
      {result.reasons.length > 0 && (
        <ol>
          {result.reasons.map((reason) => (
            <li>{reason}</li>
          ))}
        </ol>
      )}
      {failed.length > 0 && <CheckTable checks={failed} caption="Checks that failed" />}
      <FindingTable findings={result.evidence.findings} />
      <Logs view={view} />
      <EvidencePanels
        view={view}
        rates={props.rates.get(view.id) ?? []}
        drawn={props.pictures.has(view.id)}
      />
      <StepTable steps={result.evidence.steps} />
      <MetricTable metrics={result.metrics} before={view.before?.metrics} />
      <HeldChecks checks={result.checks.filter(({ ok }) => ok)} />
      <h3>Run it again</h3>
      <pre>{reproduceParts(result, props.run).join(' ')}</pre>
      <Files result={result} />
    </>
  );
}

/** All of what did not pass; of the others the folder is enough. */
function Files({
  result: { artifacts, outcome, scenario, variant },
}: {
  result: Result;
}): JSX.Element | null {
  if (artifacts.length === 0) return null;
  if (outcome === 'pass')
    return (
      <p class="soft">
        {artifacts.length} files are in results/{resultFolder(scenario, variant)}
      </p>
    );
  return (
    <details>
      <summary>Files in the run folder ({artifacts.length})</summary>
      <pre tabIndex={0}>{artifacts.join('\n')}</pre>
    </details>
  );
}

/** Checks that held are the least telling: these many are named. */
export const maxHeld = 15;

function HeldChecks({ checks }: { checks: Result['checks'] }): JSX.Element | null {
  if (checks.length === 0) return null;
  const left = checks.length - maxHeld;
  return (
    <details>
      <summary>Checks that held ({checks.length})</summary>
      <ul class="plain">
        {checks.slice(0, maxHeld).map(({ name, got }) => (
          <li>
            {name}: {got}
          </li>
        ))}
      </ul>
      {left > 0 && <p class="soft">{left} more are in run.json.</p>}
    </details>
  );
}

const controls = {
  run: 'claims were run again without peer memory',
  off: 'no controls: claims are not proven',
  'not-needed': '',
};
