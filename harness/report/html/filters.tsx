import type { JSX } from 'preact';
import { countOutcomes, outcomes } from '../run-facts.js';
import type { ResultView } from './read-result-views.js';

/** Shown only where the script runs, which is what makes it work. */
export function Filters({ views }: { views: readonly ResultView[] }): JSX.Element {
  const counts = countOutcomes(views.map(({ result }) => result));
  const kernels = [...new Set(views.map(({ result }) => result.kernel))].sort();
  const areas = [...new Set(views.map(({ area }) => area).filter(Boolean))].sort();
  const tags = [...new Set(views.flatMap(({ tags }) => tags))].filter((tag) => !areas.includes(tag)).sort();
  return (
    <form id="filters" class="js-only" role="search" aria-label="Filter the results" autocomplete="off">
      <fieldset>
        <legend class="soft">Outcome</legend>
        {outcomes
          .filter((o) => counts[o] > 0)
          .map((outcome) => (
            <label>
              <input type="checkbox" name="outcome" value={outcome} checked /> {outcome}{' '}
              <span class="soft">{counts[outcome]}</span>
            </label>
          ))}
      </fieldset>
      <label>
        Kernel{' '}
        <select name="kernel">
          <option value="">all</option>
          {kernels.map((kernel) => (
            <option value={kernel}>{kernel}</option>
          ))}
        </select>
      </label>
      <label>
        Area or tag{' '}
        <select name="tag">
          <option value="">all</option>
          {areas.length > 0 && (
            <optgroup label="area">
              {areas.map((area) => (
                <option value={area}>{area}</option>
              ))}
            </optgroup>
          )}
          {tags.length > 0 && (
            <optgroup label="tag">
              {tags.map((tag) => (
                <option value={tag}>{tag}</option>
              ))}
            </optgroup>
          )}
        </select>
      </label>
      <label class="search">
        Text <input type="search" name="text" placeholder="scenario, variant, reason" />
      </label>
      <button type="reset">Reset</button>
      <output id="shown" class="soft" aria-live="polite"></output>
    </form>
  );
}
