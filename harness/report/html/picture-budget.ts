import type { ResultView } from './read-result-views.js';

/** Results that get drawings; a run of the whole library then stays below about 1 MB. */
export const maxDrawn = 20;
const rank = { fail: 0, broken: 1, pass: 2, skip: 3 };

/**
 * Ids of the results of which drawings are in the page: those that failed first. Of the others the page has the tables,
 * and says how to get the pictures.
 */
export function pictureBudget(views: readonly ResultView[]): Set<string> {
  const chosen = views.toSorted((a, b) => rank[a.result.outcome] - rank[b.result.outcome]).slice(0, maxDrawn);
  return new Set(chosen.map(({ id }) => id));
}
