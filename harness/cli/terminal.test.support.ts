import pc from 'picocolors';
import type { Terminal } from './terminal.js';

/** A terminal without colours, and what was printed to it. */
export function plainTerminal(): { terminal: Terminal; printed: () => string } {
  let text = '';
  const terminal = {
    out: (more: string) => void (text += more),
    err: () => {},
    colors: pc.createColors(false),
    live: undefined,
    signal: new AbortController().signal,
  };
  return { terminal, printed: () => text };
}
