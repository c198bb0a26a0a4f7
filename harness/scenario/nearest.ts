import { distance } from 'fastest-levenshtein';

/** The known word that was probably meant, or undefined when none is near enough to be worth a guess. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const limit = Math.min(3, Math.ceil(word.length / 2));
  const near = known
    .map((candidate) => ({ candidate, edits: word.length > 100 ? Infinity : distance(word, candidate) }))
    .filter(({ edits }) => edits <= limit);
  const unlike = (candidate: string) => Math.abs(candidate.length - word.length);
  return near.sort((a, b) => a.edits - b.edits || unlike(a.candidate) - unlike(b.candidate))[0]?.candidate;
}

/** What to say after an unknown word: the near one as a guess, else all of them. */
export function suggestion(word: string, known: readonly string[]): string {
  const guess = nearest(word, known);
  if (guess !== undefined) return `did you mean "${guess}"?`;
  if (known.length === 0) return 'there are none here';
  return `want ${known.length === 1 ? '' : 'one of '}${known.join(', ')}`;
}
