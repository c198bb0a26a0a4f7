import { renderToString } from 'preact-render-to-string';
import type { ReportOptions } from '../formats.js';
import type { LoadedRun } from '../load-run.js';
import { plannedCount } from '../planned-count.js';
import { compareRuns } from '../compare-runs.js';
import { inertValue } from './inert-value.js';
import { Page } from './page.js';
import { pictureBudget } from './picture-budget.js';
import { ratesOf } from './rates.js';
import { readResultViews } from './read-result-views.js';

/** The page as one file. Markup is made by JSX, which escapes all text; that text has no live characters left before. */
export async function renderPage(loaded: LoadedRun, { now, against }: ReportOptions): Promise<string> {
  const views = await readResultViews(loaded, against);
  const page = (
    <Page
      run={inertValue(loaded.run)}
      planned={plannedCount(loaded)}
      views={views}
      rates={ratesOf(views)}
      comparison={against && inertValue(compareRuns(against, loaded))}
      pictures={pictureBudget(views)}
      now={now}
    />
  );
  return `<!doctype html>\n${renderToString(page)}\n`;
}
