import { HarnessError } from '../common/errors.js';

export type TagFilter = (tags: readonly string[]) => boolean;

type Token = { text: string; at: number };

const maxLength = 1000;

/**
 * Reads `smoke`, `nvmeof and not long`, `copy or (topology and negative)`. `not` binds closest, then `and`, then `or`;
 * a comma means `or`.
 * @returns whether a scenario with these tags is meant
 * @throws HarnessError blame 'scenario', naming the character and what was wanted there
 */
export function parseTagExpression(text: string): TagFilter {
  if (text.length > maxLength)
    throw wrong('too long', `want at most ${maxLength} characters, found ${text.length}`);
  const tokens = tokenize(text);
  const parser = new Parser(text, tokens);
  const filter = parser.any();
  parser.end();
  return filter;
}

/** Recursive descent; each method reads one level of binding. */
class Parser {
  #next = 0;

  constructor(
    readonly text: string,
    readonly tokens: readonly Token[],
  ) {}

  any(): TagFilter {
    const parts = [this.#all()];
    while (this.#take('or', ',')) parts.push(this.#all());
    return (tags) => parts.some((part) => part(tags));
  }

  end(): void {
    if (this.#next < this.tokens.length) throw this.#unexpected('and, or, a comma or the end');
  }

  #all(): TagFilter {
    const parts = [this.#one()];
    while (this.#take('and')) parts.push(this.#one());
    return (tags) => parts.every((part) => part(tags));
  }

  #one(): TagFilter {
    if (this.#take('not')) {
      const part = this.#one();
      return (tags) => !part(tags);
    }
    if (this.#take('(')) {
      const part = this.any();
      if (!this.#take(')')) throw this.#unexpected('and, or, a comma or ")"');
      return part;
    }
    const tag = this.tokens[this.#next]?.text;
    if (tag === undefined || !/^[a-z]/.test(tag) || /^(?:and|or)$/.test(tag))
      throw this.#unexpected('a tag, not or "("');
    this.#next++;
    return (tags) => tags.includes(tag);
  }

  #take(...texts: string[]): boolean {
    const found = texts.includes(this.tokens[this.#next]?.text ?? '');
    if (found) this.#next++;
    return found;
  }

  #unexpected(want: string): HarnessError {
    const token = this.tokens[this.#next];
    return wrongAt(
      this.text,
      token?.at ?? this.text.length,
      want,
      token ? JSON.stringify(token.text) : 'the end',
    );
  }
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(/\s+|[a-z][a-z0-9-]*|[(),]|./gsu)) {
    const [token] = match;
    if (/^\s/.test(token)) continue;
    if (!/^[a-z(),]/.test(token))
      throw wrongAt(
        text,
        match.index,
        'a tag of lower-case letters, digits and dashes',
        JSON.stringify(token),
      );
    tokens.push({ text: token, at: match.index });
  }
  return tokens;
}

const wrongAt = (text: string, at: number, want: string, found: string): HarnessError =>
  wrong(JSON.stringify(text), `want ${want} at character ${at + 1}, found ${found}`);

const wrong = (which: string, what: string): HarnessError =>
  new HarnessError('scenario', `tag expression ${which}: ${what}`, {
    remedy: "join tags by and, or, not, commas and parentheses: 'nvmeof and not long'",
  });
