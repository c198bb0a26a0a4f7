import type { Sample } from './step-kind.js';

/** Figures of the one line of JSON that p2pmem-sweep and p2pmem-holders print (images/programs). */
export const readFigures = (json: string | undefined): Sample[] =>
  Object.entries(JSON.parse(json ?? '') as Record<string, number>).map(([name, value]) => ({ name, value }));
