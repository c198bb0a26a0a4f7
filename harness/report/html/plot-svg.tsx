import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { renderToString } from 'preact-render-to-string';
import { pictureColours } from './palette.js';

const { document } = parseHTML('<html><body></body></html>');

/**
 * A chart as the text of an `<svg>` without any style of its own, so that a page with a strict policy may hold it; colours
 * are the variables of `palette.ts`.
 * @param label what a screen reader says instead of the picture
 */
export function plotSvg(label: string, options: Plot.PlotOptions): string {
  const drawn = Plot.plot({ ...options, document: document as never, figure: false }) as unknown as Element;
  for (const style of [...drawn.querySelectorAll('style')]) style.remove();
  for (const part of [drawn, ...drawn.querySelectorAll('*')]) {
    const ticks = part.getAttribute('aria-label')?.endsWith('tick label');
    for (const name of ['style', 'class', 'aria-label', 'aria-hidden']) part.removeAttribute(name);
    if (ticks) part.setAttribute('class', 'tick');
  }
  const { width, height = 400 } = options;
  // linkedom leaves < and & in attributes, which XML does not: the label, the only text in one, is escaped by Preact
  return renderToString(
    <svg
      xmlns="http://www.w3.org/2000/svg"
      class="chart"
      role="img"
      aria-label={label}
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      text-anchor="middle"
      font-size="10"
      font-family="system-ui, sans-serif"
      fill="currentColor"
      dangerouslySetInnerHTML={{ __html: short(drawn.innerHTML) }}
    />,
  );
}

/** What of linkedom's DOM is used here. */
type Element = {
  querySelectorAll(selector: string): Iterable<Element>;
  remove(): void;
  getAttribute(name: string): string | null;
  removeAttribute(name: string): void;
  setAttribute(name: string, value: string): void;
  innerHTML: string;
};

/** Coordinates to a tenth of a pixel. */
const short = (svg: string): string =>
  svg.replaceAll(/(?<==")[^"<>]*\d\.\d{2,}[^"<>]*(?=")/g, (value) =>
    /^[\d\s.,a-zA-Z()+-]*$/.test(value) ? value.replaceAll(/(\d\.\d)\d+/g, '$1') : value,
  );

/** A file of its own has the colours with it. */
export const alone = (svg: string): string =>
  `${svg.replace(/^(<svg[^>]*>)/, `$1<style>${pictureColours}</style>`)}\n`;
