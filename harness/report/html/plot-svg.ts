import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

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
  drawn.setAttribute('role', 'img');
  drawn.setAttribute('aria-label', label);
  drawn.setAttribute('class', 'chart');
  drawn.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return short(drawn.outerHTML);
}

/** What of linkedom's DOM is used here. */
type Element = {
  querySelectorAll(selector: string): Iterable<Element>;
  remove(): void;
  getAttribute(name: string): string | null;
  removeAttribute(name: string): void;
  setAttribute(name: string, value: string): void;
  outerHTML: string;
};

/** Coordinates to a tenth of a pixel. */
const short = (svg: string): string =>
  svg.replaceAll(/(?<==")[^"<>]*\d\.\d{2,}[^"<>]*(?=")/g, (value) =>
    /^[\d\s.,a-zA-Z()+-]*$/.test(value) ? value.replaceAll(/(\d\.\d)\d+/g, '$1') : value,
  );
