import fc from 'fast-check';

/** A change to a file that may make it malformed. */
export type Mutation = (text: string) => string;
const pick = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const onLines = (change: (lines: string[], index: number) => void, at: number): Mutation => {
  return (text) => {
    const lines = text.split('\n');
    change(lines, Math.floor(at * lines.length));
    return lines.join('\n');
  };
};

const scalar = fc.oneof(
  fc.constantFrom(
    '',
    '~',
    '-1',
    '1e400',
    '0x10',
    '[]',
    '{}',
    '{a: 1}',
    '*x',
    '&x y',
    '!!binary a',
    '|',
    '---',
    '${',
  ),
  fc.constantFrom(
    '${provider}',
    '${nope}',
    'none',
    'ram',
    'nvme0',
    '64M',
    '33M',
    'a: b',
    '__proto__',
    'constructor',
  ),
  fc.string({ unit: 'binary', maxLength: 8 }),
);

/** What slips of the pen, cut off mails and bad intent do to YAML. */
export const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  pick.map((at) => onLines((lines, i) => lines.splice(i, 1), at)),
  pick.map((at) => onLines((lines, i) => lines.splice(i, 0, lines[i]!), at)),
  fc.tuple(pick, pick).map(([at, from]) =>
    onLines((lines, i) => {
      lines[i] = lines[Math.floor(from * lines.length)]!;
    }, at),
  ),
  fc.tuple(pick, scalar).map(([at, to]): Mutation => {
    return (text) => {
      const words = [...text.matchAll(/[\w%$.-]+/g)];
      const word = words[Math.floor(at * words.length)];
      return word ? text.slice(0, word.index) + to + text.slice(word.index + word[0].length) : text;
    };
  }),
  fc.tuple(pick, fc.string({ unit: 'binary', minLength: 1, maxLength: 3 })).map(([at, insert]): Mutation => {
    return (text) => text.slice(0, at * text.length) + insert + text.slice(at * text.length);
  }),
  fc
    .tuple(
      pick,
      fc.constantFrom('\0', '\t', '\r', '\u2028', '\ufeff', '\x85', '\x1b', '\ud800', '#', ':', '- '),
    )
    .map(
      ([at, insert]): Mutation =>
        (text) =>
          text.slice(0, at * text.length) + insert + text.slice(at * text.length),
    ),
  pick.map(
    (at): Mutation =>
      (text) =>
        text.slice(0, at * text.length),
  ),
);
