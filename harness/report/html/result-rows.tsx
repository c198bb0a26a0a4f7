import type { JSX } from 'preact';
import { formatDuration } from '../../common/size.js';
import { shares, throughput } from '../result-table.js';
import type { PageProps } from './page.js';
import type { ResultView } from './read-result-views.js';
import { ResultDetail } from './result-detail.js';

/** One body of the table for each result: its row, and below it the evidence, which the script folds. */
export function ResultTable(props: PageProps): JSX.Element {
  const against = props.comparison !== undefined;
  return (
    <table class="results">
      <caption>Each result opens to its evidence.</caption>
      <thead>
        <tr>
          <th scope="col">Outcome</th>
          {against && <th scope="col">Base</th>}
          <th scope="col">Scenario</th>
          <th scope="col">Variant</th>
          <th scope="col" class="number">
            Time
          </th>
          <th scope="col">Data went</th>
          <th scope="col" class="number">
            Throughput
          </th>
          <th scope="col">Reason</th>
        </tr>
      </thead>
      {props.views.map((view) => (
        <ResultBody view={view} against={against} props={props} />
      ))}
      {props.views.length === 0 && (
        <tbody>
          <tr>
            <td colSpan={8}>Nothing finished.</td>
          </tr>
        </tbody>
      )}
    </table>
  );
}

function ResultBody({
  view,
  against,
  props,
}: {
  view: ResultView;
  against: boolean;
  props: PageProps;
}): JSX.Element {
  const { id, result, area, tags } = view;
  const { outcome, kernel, scenario, variant, reasons, phases, evidence } = result;
  const variantText = Object.entries(variant)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ');
  const text = [scenario, variantText, kernel, area, ...tags, ...reasons].join(' ').toLowerCase();
  return (
    <tbody
      id={id}
      data-outcome={outcome}
      data-kernel={kernel}
      data-tags={[area, ...tags].filter(Boolean).join(' ')}
      data-text={text}
    >
      <tr>
        <td class={`outcome ${outcome}`}>{outcome}</td>
        {against && <td class={`base ${view.before?.outcome ?? 'soft'}`}>{baseText(view)}</td>}
        <th scope="row" class="title">
          <button type="button" class="toggle" aria-expanded="false" aria-controls={`${id}d`}>
            {scenario}
          </button>
        </th>
        <td class="variant">{variantText}</td>
        <td class="number">{phases.wallMs === undefined ? '' : formatDuration(phases.wallMs)}</td>
        <td class="data">{shares(evidence.dma.bytesByRegion).replaceAll(' %', '\u00a0%')}</td>
        <td class="number">{throughput(result)}</td>
        <td class="reason wide">{reasons[0] ?? ''}</td>
      </tr>
      <tr class="detail" id={`${id}d`}>
        <td colSpan={against ? 8 : 7}>
          <ResultDetail view={view} props={props} />
        </td>
      </tr>
    </tbody>
  );
}

const baseText = ({ before }: ResultView): string => (before ? `was ${before.outcome}` : 'not in base');
