import pc from 'picocolors';
import type { Colors } from 'picocolors/types.js';

/** The streams of the process, so that commands can be run in tests with others. */
export type Terminal = {
  out: (text: string) => void;
  err: (text: string) => void;
  colors: Colors;
  /** Where live progress may be drawn; undefined in CI and when output is no terminal. */
  live: NodeJS.WriteStream | undefined;
  signal: AbortSignal;
};

/** Colours need a terminal and no NO_COLOR (no-color.org); live progress needs a terminal and no CI. */
export function processTerminal(signal: AbortSignal): Terminal {
  const { stdout, stderr, env } = process;
  for (const stream of [stdout, stderr]) stream.on('error', () => {}); // `| head` has seen enough
  const isTerminal = Boolean(stdout.isTTY);
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    colors: pc.createColors(isTerminal && !env.NO_COLOR && env.TERM !== 'dumb'),
    live: isTerminal && !env.CI && env.TERM !== 'dumb' ? stdout : undefined,
    signal,
  };
}
