import { renderToString } from 'preact-render-to-string';
import { resultFolder } from '../../scenario/result-folder.js';
import { iommuOf } from '../../scenario/scenario.js';
import type { ReportOptions } from '../formats.js';
import type { LoadedRun } from '../load-run.js';
import { flowsOf } from './flows.js';
import { alone, plotSvg } from './plot-svg.js';
import { providersOf } from './providers-of.js';
import { ratesOf } from './rates.js';
import { readResultViews } from './read-result-views.js';
import { throughputChart } from './throughput-chart.js';
import { TopologyDrawing } from './topology-drawing.js';

/** All throughput of the run in one figure, with base's where there is one. */
export async function throughputOfRun(loaded: LoadedRun, { against }: ReportOptions): Promise<string> {
  const views = await readResultViews(loaded, against);
  const rates = ratesOf(views);
  const all = views.flatMap(({ id, title }) =>
    (rates.get(id) ?? []).map((rate) => ({ ...rate, name: `${title} ${rate.name}` })),
  );
  const once = [...new Map(all.map((rate) => [rate.name, rate])).values()];
  return alone(
    throughputChart(once, { wholeNames: true }) ??
      plotSvg('No throughput was measured', { width: 320, height: 30, marks: [] }),
  );
}

/** By file name: of each result its throughput, and the topology of each of its machines. */
export async function picturesOfResults(
  loaded: LoadedRun,
  { against }: ReportOptions,
): Promise<Map<string, string>> {
  const views = await readResultViews(loaded, against);
  const rates = ratesOf(views);
  const files = new Map<string, string>();
  for (const view of views) {
    const { result, evidence } = view;
    const name = `pictures/${resultFolder(result.scenario, result.variant)}`;
    const chart = throughputChart(rates.get(view.id) ?? [], { wholeNames: true });
    if (chart !== undefined) files.set(`${name}.throughput.svg`, alone(chart));
    for (const machine of evidence?.machines ?? []) {
      const iommu = iommuOf(evidence!.scenario.machines[machine.name]);
      const drawing = (
        <TopologyDrawing
          {...{ machine, iommu, flows: flowsOf(result, machine.name), providers: providersOf(view) }}
        />
      );
      files.set(`${name}.topology.${resultFolder(machine.name, {})}.svg`, alone(renderToString(drawing)));
    }
  }
  return files;
}
