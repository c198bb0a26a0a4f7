import { LineCounter, isMap, isNode, isScalar, parseDocument, type Document, type Node } from 'yaml';
import type { z } from 'zod';

export type YamlPath = readonly (string | number)[];

/** A YAML text that remembers where each value stands. */
export class YamlText {
  readonly #lines = new LineCounter();
  readonly #document: Document;

  constructor(
    readonly file: string,
    text: string,
  ) {
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
  }

  /** The plain value; undefined when the text is no YAML at all. */
  get value(): unknown {
    return this.#document.errors.length === 0 ? this.#document.toJS() : undefined;
  }

  /** `file:line:column` of the value at the path, or of the nearest one around it. */
  at(path: YamlPath): string {
    for (let depth = path.length; depth > 0; depth--) {
      const node = this.#node(path.slice(0, depth));
      if (node?.range) return this.#position(node.range[0]);
    }
    return this.#position(this.#document.contents?.range?.[0] ?? 0);
  }

  syntaxProblems(): string[] {
    return this.#document.errors.map((error) => `${this.#position(error.pos[0])}: ${error.message}`);
  }

  /** One line per problem; an issue's message is the phrase for what was wanted. */
  problems(issues: readonly z.core.$ZodIssue[]): string[] {
    return issues.flatMap((issue) => {
      const path = issue.path as YamlPath;
      if (issue.code === 'unrecognized_keys')
        return issue.keys.map((key) => this.#unknownKey(path, key, issue.message));
      const what = path.length === 0 ? '' : `${pathText(path)}: `;
      return [`${this.at(path)}: ${what}want ${issue.message}, found ${this.#found(path)}`];
    });
  }

  #unknownKey(path: YamlPath, key: string, want: string): string {
    const map = this.#node(path);
    const pair = isMap(map)
      ? map.items.find((item) => isScalar(item.key) && item.key.value === key)
      : undefined;
    const offset = isNode(pair?.key) ? pair.key.range?.[0] : undefined;
    return `${this.#position(offset ?? 0)}: unknown key ${pathText([...path, key])}, want ${want}`;
  }

  #found(path: YamlPath): string {
    const node = this.#node(path);
    if (!node) return 'nothing';
    return isScalar(node) ? JSON.stringify(node.value) : isMap(node) ? 'a mapping' : 'a list';
  }

  #node(path: YamlPath): Node | undefined {
    const node = path.length === 0 ? this.#document.contents : this.#document.getIn(path, true);
    return isNode(node) ? node : undefined;
  }

  #position(offset: number): string {
    const { line, col } = this.#lines.linePos(offset);
    return `${this.file}:${line}:${col}`;
  }
}

/** `series[0].patches` for ['series', 0, 'patches']. */
function pathText(path: YamlPath): string {
  return path.map((key, i) => (typeof key === 'number' ? `[${key}]` : i === 0 ? key : `.${key}`)).join('');
}
