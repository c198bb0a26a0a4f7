import { isAlias, isMap, isScalar, isSeq, parseDocument, visit, type Document, type YAMLError } from 'yaml';
import type { Path } from './problems.js';

export type YamlSource = { text: string; doc: Document; value: unknown };
export type SyntaxProblem = { offset: number; text: string };

const maxNesting = 64;
const maxAliases = 50;
/** The longest of the library has 7 KiB; what a hostile one can cost grows with it. */
const maxChars = 64 * 2 ** 10;

/**
 * Parses one YAML 1.2 document of the core schema, with string keys.
 * @returns the document and its plain value, or what is wrong with it; it throws nothing
 */
export function parseYaml(text: string): YamlSource | SyntaxProblem[] {
  if (text.length > maxChars)
    return [{ offset: 0, text: `want a file of at most ${maxChars} characters, found ${text.length}` }];
  try {
    const doc = parseDocument(text, {
      schema: 'core',
      stringKeys: true,
      prettyErrors: false,
      logLevel: 'error',
    });
    if (doc.errors.some(({ message }) => /call stack/.test(message))) throw new RangeError(tooDeep);
    const problems = [...doc.errors, ...doc.warnings].slice(0, 10).map((error) => syntaxProblem(error, text));
    if (problems.length === 0) problems.push(...structureProblems(doc));
    return problems.length > 0 ? problems : { text, doc, value: doc.toJS({ maxAliasCount: maxAliases }) };
  } catch (error) {
    if (error instanceof RangeError) return [{ offset: 0, text: tooDeep }];
    if (error instanceof ReferenceError)
      return [{ offset: 0, text: `want at most ${maxAliases} uses of anchors` }];
    throw error;
  }
}

/** Where the value at a path begins, through aliases; of what is missing, where the map that misses it begins. */
export function valueOffset({ doc }: YamlSource, path: Path): number {
  return walk(doc, path).offset;
}

/** Where the last key of a path is written. */
export function keyOffset({ doc }: YamlSource, path: Path): number {
  const parent = walk(doc, path.slice(0, -1));
  const pair = isMap(parent.node) ? findPair(parent.node.items, path.at(-1)!) : undefined;
  return offsetOf(pair?.key) ?? parent.offset;
}

const tooDeep = `want at most ${maxNesting / 2} levels of nesting`;

function syntaxProblem({ code, message, pos }: YAMLError, text: string): SyntaxProblem {
  const [offset] = pos;
  if (code === 'MULTIPLE_DOCS') return { offset, text: 'want one YAML document, found another one' };
  if (code === 'DUPLICATE_KEY') {
    const [key] = /^(?:"[^"\n]*"|'[^'\n]*'|[^\s:]+)/.exec(text.slice(offset, offset + 100)) ?? ['it'];
    return { offset, text: `want each key once, found ${key} again` };
  }
  return { offset, text: `bad YAML: ${message}` };
}

function structureProblems(doc: Document): SyntaxProblem[] {
  const problems: SyntaxProblem[] = [];
  const complain = (node: unknown, text: string) => problems.push({ offset: offsetOf(node) ?? 0, text });
  visit(doc, {
    Node(_, node, path) {
      if (path.length > maxNesting) {
        complain(node, tooDeep);
        return visit.BREAK;
      }
      if (!isAlias(node)) return undefined;
      const target = node.resolve(doc);
      if (target === undefined) complain(node, `want an anchor &${node.source} before its use, found none`);
      else if (path.includes(target)) complain(node, `want no anchor inside itself, found *${node.source}`);
      return undefined;
    },
  });
  return problems;
}

function walk(doc: Document, path: Path): { node: unknown; offset: number } {
  let node: unknown = doc.contents;
  let offset = offsetOf(node) ?? 0;
  for (const step of path) {
    const pair = isMap(node) ? findPair(node.items, step) : undefined;
    const next: unknown = isSeq(node) && typeof step === 'number' ? node.items[step] : pair?.value;
    if (next === undefined) return { node: undefined, offset };
    offset = offsetOf(next) ?? offsetOf(pair?.key) ?? offset;
    node = isAlias(next) ? next.resolve(doc) : next;
  }
  return { node, offset };
}

const findPair = <P extends { key: unknown }>(pairs: readonly P[], key: string | number): P | undefined =>
  pairs.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(key));

function offsetOf(node: unknown): number | undefined {
  return (node as { range?: [number, number, number] | null } | null | undefined)?.range?.[0];
}
