import type { AnyStepKind, CommandOutput, Sample } from './step-kind.js';

/** `unreadable` says why output gave no samples. */
export type ReadSamples = { samples: Sample[]; unreadable?: string };

/** A guest may say anything at any length: more than this is in the files of its output, and not in results. */
const most = { samples: 10_000, wordChars: 4_000, nameChars: 200, whyChars: 300 };

/**
 * What a step's output says, made safe to be written and compared: each value is a finite number or a word. A number that
 * is none (nothing was counted) is the word `NaN`; what is missing where the kind's program always prints it means that
 * something else printed that, or a part of it is lost.
 */
export function readSamples(kind: AnyStepKind, params: never, outputs: CommandOutput[]): ReadSamples {
  try {
    const read = kind.samples(params, outputs);
    if (read.length > most.samples) throw new Error(`it has ${read.length} figures`);
    return { samples: read.map(safeSample) };
  } catch (error) {
    return { samples: [], unreadable: whyUnreadable(error).slice(0, most.whyChars) };
  }
}

function safeSample({ name, value, ...rest }: Sample): Sample {
  const known = { name: cut(name, most.nameChars) };
  if (typeof value === 'string') return { ...known, value: cut(value, most.wordChars), ...rest };
  if (typeof value !== 'number') throw new Error(`it has no ${known.name}`); // JSON is whatever was printed
  if (Number.isFinite(value)) return { ...known, value, ...rest };
  const { better: _, ...plain } = rest; // no metric
  return { ...known, value: String(value), ...plain };
}

const cut = (text: string, chars: number): string =>
  text.length > chars ? `${text.slice(0, chars)}…` : text;

/** JSON of another shape is noticed where a part of it is used. */
function whyUnreadable(error: unknown): string {
  if (error instanceof TypeError) return `it is not of the form that its program prints (${error.message})`;
  return error instanceof Error ? error.message : String(error);
}
