import { inertLine } from './inert-text.js';
import type { Reporter } from './reporter.js';

/** Where nothing can be redrawn: a line as each stage of a long preparation begins, none for what is counted in it. */
export function plainProgress(write: (text: string) => void): Reporter {
  const last = new Map<string, string>();
  return {
    name: 'progress',
    on(event) {
      if (event.type !== 'preparing' || last.get(event.subject) === event.what) return;
      last.set(event.subject, event.what);
      write(`${event.subject}: ${inertLine(event.what)}\n`);
    },
  };
}
