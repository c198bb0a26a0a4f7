import type { JSX } from 'preact';
import { renderToString } from 'preact-render-to-string';
import type { ReportOptions } from '../../report/formats.js';
import { Facts } from '../../report/html/facts.js';
import { inertValue } from '../../report/html/inert-value.js';
import { PageFrame } from '../../report/html/page-frame.js';
import { inertLine } from '../../report/inert-text.js';
import type { BenchDocument } from '../bench-document.js';
import { environmentOf } from '../bench-mail.js';
import { clockWarning, countsText, methodText, sidesText } from '../bench-words.js';
import type { Comparison } from '../comparison.js';
import { repeatParts } from '../repeat-bench.js';
import { changeChart } from './change-chart.js';
import { ComparisonRows } from './comparison-rows.js';

/** A bench as one file that needs no network: verdicts, intervals as pictures, cost by function, how it was measured. */
export function renderBenchPage(document: BenchDocument, { now }: ReportOptions): string {
  // costText has lines of its own, which are made inert one by one
  const { costText, ...rest } = document;
  const page = <BenchPage document={{ ...inertValue(rest), costText }} now={now} />;
  return `<!doctype html>\n${renderToString(page)}\n`;
}

function BenchPage({ document, now }: { document: BenchDocument; now: Date }): JSX.Element {
  const { scenario, comparisons, notInAll, costText, problem, harness } = document;
  const clocked = comparisons.filter(({ kind }) => kind === 'wall');
  return (
    <PageFrame
      title={`p2plab bench: ${countsText(document)}`}
      subtitle={`${scenario}: ${sidesText(document)}`}
      note={problem?.message}
      skipTo={{ id: 'metrics', text: 'Skip to the metrics' }}
      footer={`Made by p2plab ${harness.version} on ${now.toISOString().slice(0, 10)} from bench.json.`}
    >
      <p>{methodText(document)}</p>
      <h2 id="metrics" tabIndex={-1}>
        Metrics
      </h2>
      {comparisons.length === 0 ? (
        <p>Nothing could be compared.</p>
      ) : (
        <ComparisonRows comparisons={comparisons} />
      )}
      {notInAll.length > 0 && <p class="soft">Not in every boot, so not compared: {notInAll.join(', ')}</p>}
      <div class="panels">
        <Changes
          title="Counted"
          caption="Repeats from boot to boot."
          comparisons={comparisons.filter(({ kind }) => kind !== 'wall')}
        />
        <Changes title="By the clock" caption={clockWarning} comparisons={clocked} />
      </div>
      {costText !== undefined && (
        <>
          <h2>Cost by function</h2>
          <pre class="table" tabIndex={0}>
            {costText.trimEnd().split('\n').map(inertLine).join('\n')}
          </pre>
        </>
      )}
      <h2>Environment</h2>
      <Facts rows={environmentOf(document)} caption="What it ran on" />
      <h2>How to repeat</h2>
      <pre tabIndex={0}>{repeatParts(document).join(' ')}</pre>
    </PageFrame>
  );
}

type ChangesProps = { title: string; caption: string; comparisons: readonly Comparison[] };

function Changes({ title, caption, comparisons }: ChangesProps): JSX.Element | null {
  const svg = changeChart(comparisons);
  if (svg === undefined) return null;
  return (
    <section>
      <h3>{title}</h3>
      <figure>
        <div class="scroll" dangerouslySetInnerHTML={{ __html: svg }} />
        <figcaption>
          {caption} A mark is the estimate, its line the interval; the shade behind is how far boots of one
          side are apart. Triangle: worse. Diamond: better. Circle: cannot tell. Square: no difference.
        </figcaption>
      </figure>
    </section>
  );
}
