import { inertLine } from './inert-text.js';

// What is another in each run, also when nothing has changed: where something stands in a log, addresses, times,
// folders, ids of processes, and how often the pool was looked at meanwhile.
const volatile: readonly [RegExp, string][] = [
  [/\bline \d+/g, 'line N'],
  [/\b0x[0-9a-f]+\b/gi, '0xN'],
  [/\b[0-9a-f]{16}\b/gi, 'ADDRESS'],
  [/(?<=^|[\s'"(=])\/[\w.+=@-]+(?:\/[\w.+=@-]+)+/g, 'PATH'],
  [/\b\d+(?:\.\d+)? ?(ms|s|min|us|ns|µs)\b/g, 'N $1'],
  [/\b\d+(?:\.\d+)? (samples|times|MB\/s|kB\/s|IOPS)\b/g, 'N $1'],
  [/\b(pid|PID|process|port) \d+/g, '$1 N'],
  [/\b[Cc][Pp][Uu]:? ?#?\d+/g, 'CPU N'],
];

/** A line of a result without what differs from run to run, so that two can be compared. */
export const normaliseText = (text: string): string =>
  volatile.reduce((line, [pattern, name]) => line.replaceAll(pattern, name), inertLine(text));
