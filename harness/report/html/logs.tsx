import type { JSX } from 'preact';
import type { ResultView } from './read-result-views.js';

/** Traces are open, as they are what the reader came for; the ends of logs are folded. */
export function Logs({ view: { splats, logs } }: { view: ResultView }): JSX.Element {
  return (
    <>
      {splats.slice(0, 1).map((splat) => (
        <>
          <h3>{splat.title}</h3>
          <pre tabIndex={0}>{splat.lines.join('\n')}</pre>
          {splat.cut && <p class="soft">The rest is in {splat.file}.</p>}
        </>
      ))}
      {splats.slice(1).map((splat) => (
        <details>
          <summary>{splat.title}</summary>
          <pre tabIndex={0}>{splat.lines.join('\n')}</pre>
          {splat.cut && <p class="soft">The rest is in {splat.file}.</p>}
        </details>
      ))}
      {logs.map(({ file, lines, leftOutBytes }) => (
        <details>
          <summary>{file}</summary>
          {leftOutBytes > 0 && (
            <p class="soft">
              The first {leftOutBytes} bytes are left out here; the whole log is in the run folder.
            </p>
          )}
          <pre tabIndex={0}>{lines.join('\n')}</pre>
        </details>
      ))}
    </>
  );
}
