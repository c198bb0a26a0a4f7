import type { JSX } from 'preact';
import { formatDuration } from '../../common/size.js';
import type { Result } from '../run-document.js';

const scrolling = (label: string, table: JSX.Element): JSX.Element => (
  <div class="scroll" role="region" aria-label={label} tabIndex={0}>
    {table}
  </div>
);

export function CheckTable({ checks, caption }: { checks: Result['checks']; caption: string }): JSX.Element {
  return scrolling(
    caption,
    <table>
      <caption>{caption}</caption>
      <thead>
        <tr>
          <th scope="col">Check</th>
          <th scope="col">Want</th>
          <th scope="col">Got</th>
        </tr>
      </thead>
      <tbody>
        {checks.map(({ name, want, got, ok }) => (
          <tr>
            <td>{name}</td>
            <td>{want}</td>
            <td class={ok ? '' : 'fail'}>{got}</td>
          </tr>
        ))}
      </tbody>
    </table>,
  );
}

export function FindingTable({ findings }: { findings: Result['evidence']['findings'] }): JSX.Element | null {
  if (findings.length === 0) return null;
  return scrolling(
    'Kernel log',
    <table>
      <caption>What the kernel's log tells of, also what is expected or allowed</caption>
      <thead>
        <tr>
          <th scope="col">Pattern</th>
          <th scope="col">Title</th>
          <th scope="col">Step</th>
          <th scope="col">Where</th>
        </tr>
      </thead>
      <tbody>
        {findings.map(({ pattern, title, step, machine, line, where }) => (
          <tr>
            <td>{pattern}</td>
            <td>{title}</td>
            <td>{step ?? ''}</td>
            <td class="mono">
              {machine}/console.log:{line}
              {where === undefined ? '' : `, ${where}`}
            </td>
          </tr>
        ))}
      </tbody>
    </table>,
  );
}

export function StepTable({ steps }: { steps: Result['evidence']['steps'] }): JSX.Element | null {
  if (steps.length === 0) return null;
  return scrolling(
    'Steps and DMA ledger',
    <table>
      <caption>Steps and DMA ledger</caption>
      <thead>
        <tr>
          <th scope="col">Step</th>
          <th scope="col">Kind</th>
          <th scope="col" class="number">
            Time
          </th>
          <th scope="col">Drive</th>
          <th scope="col" class="number">
            Commands
          </th>
          <th scope="col">Bytes by region</th>
          <th scope="col">Pool fell by</th>
        </tr>
      </thead>
      <tbody>{steps.flatMap(stepRows)}</tbody>
    </table>,
  );
}

function stepRows({
  name,
  kind,
  machine,
  ms,
  dipBytes,
  transfers,
}: Result['evidence']['steps'][number]): JSX.Element[] {
  const dips = Object.entries(dipBytes)
    .filter(([, bytes]) => bytes > 0)
    .map(([pool, bytes]) => `${pool} ${bytes}`)
    .join(', ');
  const rows = Math.max(1, transfers.length);
  const lines = transfers.length > 0 ? transfers : [undefined];
  return lines.map((transfer, i) => (
    <tr>
      {i === 0 && (
        <>
          <th scope="row" rowSpan={rows}>
            {name}
          </th>
          <td rowSpan={rows}>
            {kind} on {machine}
          </td>
          <td class="number" rowSpan={rows}>
            {formatDuration(ms)}
          </td>
        </>
      )}
      <td>{transfer ? `${transfer.machine} ${transfer.drive} ${transfer.direction}` : ''}</td>
      <td class="number">{transfer?.commands ?? ''}</td>
      <td>{transfer ? regionText(transfer.bytesByRegion) : ''}</td>
      {i === 0 && <td rowSpan={rows}>{dips}</td>}
    </tr>
  ));
}

const regionText = (bytesByRegion: Record<string, number>): string =>
  Object.entries(bytesByRegion)
    .filter(([, bytes]) => bytes > 0)
    .map(([region, bytes]) => `${region} ${bytes}`)
    .join(', ');

/** With those of base, when there are any. */
export function MetricTable({
  metrics,
  before,
}: {
  metrics: Result['metrics'];
  before?: Result['metrics'];
}): JSX.Element | null {
  if (metrics.length === 0) return null;
  const was = new Map(before?.map((metric) => [metric.name, metric.value]));
  return (
    <details>
      <summary>Metrics ({metrics.length})</summary>
      <table class="facts">
        <caption>An emulator's figures</caption>
        <thead>
          <tr>
            <th scope="col">Metric</th>
            <th scope="col" class="number">
              Value
            </th>
            {before && (
              <th scope="col" class="number">
                Base
              </th>
            )}
            <th scope="col">Unit</th>
            <th scope="col">Better</th>
          </tr>
        </thead>
        <tbody>
          {metrics.map(({ name, value, unit, better }) => (
            <tr>
              <th scope="row">{name}</th>
              <td class="number">{value}</td>
              {before && <td class="number">{was.get(name) ?? ''}</td>}
              <td>{unit}</td>
              <td>{better}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
