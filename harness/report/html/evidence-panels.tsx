import type { JSX } from 'preact';
import { formatSize } from '../../common/size.js';
import { iommuOf } from '../../scenario/scenario.js';
import { availableChart } from './available-chart.js';
import { flowBytes, flowsOf } from './flows.js';
import { ledgerChart } from './ledger-chart.js';
import { regionColour } from './palette.js';
import { providersOf } from './providers-of.js';
import type { Rate } from './rates.js';
import type { ResultView } from './read-result-views.js';
import { throughputChart } from './throughput-chart.js';
import { timelineChart } from './timeline-chart.js';
import { TopologyDrawing } from './topology-drawing.js';

/** The drawings of a result. */
export function EvidencePanels({
  view,
  rates,
  drawn,
}: {
  view: ResultView;
  rates: readonly Rate[];
  drawn: boolean;
}): JSX.Element | null {
  const { result, evidence, spans } = view;
  if (!drawn)
    return (
      <p class="soft">
        No drawings of this result are here, to keep the page small: p2plab report RUN --format svg writes
        them.
      </p>
    );
  const providers = providersOf(view);
  const regions = [
    ...new Set(
      result.evidence.steps.flatMap(({ bytesByRegion }) =>
        Object.keys(bytesByRegion).filter((r) => bytesByRegion[r]! > 0),
      ),
    ),
  ];
  return (
    <>
      <Topologies view={view} providers={providers} />
      {regions.length > 0 && <Legend regions={regions} providers={providers} />}
      <div class="panels">
        <Chart title="Where the data was" svg={ledgerChart(result, providers)} />
        <Chart title="Throughput" note={rateNote(rates)} svg={throughputChart(rates)} />
        <Chart title="Timeline" svg={timelineChart(spans)} />
        <Chart
          title="Memory available in the pools"
          note="A band reaches from the value before a step to the lowest one that was sampled in it."
          svg={evidence && availableChart(evidence, { spans, providers })}
        />
      </div>
    </>
  );
}

function Topologies({
  view: { evidence, result },
  providers,
}: {
  view: ResultView;
  providers: readonly string[];
}): JSX.Element {
  if (!evidence)
    return <p class="soft">evidence.json is not in the run folder: no drawing of the topology.</p>;
  return (
    <>
      {evidence.machines.map((machine) => {
        const flows = flowsOf(result, machine.name);
        const iommu = iommuOf(evidence.scenario.machines[machine.name]);
        return (
          <figure>
            <h3>Topology{evidence.machines.length > 1 ? ` of ${machine.name}` : ''}</h3>
            <div class="scroll" role="region" aria-label={`Topology of ${machine.name}`} tabIndex={0}>
              <TopologyDrawing {...{ machine, iommu, flows, providers }} />
            </div>
            {flows.length > 0 && (
              <figcaption>
                {flows
                  .map(
                    (flow) =>
                      `${flow.drive} ${flow.region === 'ram' ? 'in RAM' : `through ${flow.region}`}: ${flowBytes(flow, formatSize)} (${flow.steps.join(', ')})`,
                  )
                  .join('; ')}
              </figcaption>
            )}
          </figure>
        );
      })}
    </>
  );
}

function Legend({
  regions,
  providers,
}: {
  regions: readonly string[];
  providers: readonly string[];
}): JSX.Element {
  return (
    <ul class="legend" aria-label="Colours of memory">
      {regions.map((region) => (
        <li>
          <svg class="swatch" width="11" height="11" aria-hidden="true">
            <rect width="11" height="11" fill={regionColour(region, providers)} />
          </svg>
          {region === 'ram' ? 'RAM' : region}
        </li>
      ))}
    </ul>
  );
}

/** `svg` is made by plotSvg, which is given inert text and escapes it. */
function Chart({ title, note, svg }: { title: string; note?: string; svg?: string }): JSX.Element | null {
  if (svg === undefined) return null;
  return (
    <figure>
      <h3>{title}</h3>
      <div dangerouslySetInnerHTML={{ __html: svg }} />
      {note && <figcaption>{note}</figcaption>}
    </figure>
  );
}

function rateNote(rates: readonly Rate[]): string {
  const told = [
    rates.some(({ samples }) => samples.length > 1) &&
      'A bar reaches from the lowest to the highest of several samples, the dot is their median.',
    rates.some(({ base }) => base !== undefined) && 'A ring is base.',
  ];
  return told.filter(Boolean).join(' ');
}
