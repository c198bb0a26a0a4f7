import { logPatterns } from '../evidence/log-patterns.js';
import type { LogPatternName } from '../scenario/log-pattern-names.js';

/** The kinds of lines that no healthy kernel prints, as POSIX extended regular expressions (with GNU's \b and \w). */
export const shellLogPatterns = (): { name: LogPatternName; ere: string }[] =>
  logPatterns.map(({ name, pattern }) => ({ name, ere: extended(pattern.source) }));

/**
 * A pattern of the table for `grep -E`. Looks ahead are left out: what they refuse stands only in lines that follow
 * one which is refused already.
 */
export const extended = (source: string): string =>
  source
    .replaceAll(/\(\?[=!](?:[^()\\]|\\.)*\)/g, '')
    .replaceAll('(?:', '(')
    .replaceAll(/([*+])\?/g, '$1')
    // an escaped character, or a bracket expression, in which a backslash is nothing special to grep
    .replaceAll(/\\.|\[\^?[^\]]*\]/g, (part) => (part.startsWith('[') ? inBrackets(part) : escaped(part)));

const inBrackets = (part: string) => part.replaceAll('\\w', 'A-Za-z0-9_').replaceAll('\\d', '0-9');
const escaped = (part: string) => ({ '\\d': '[0-9]', '\\S': '[^ ]', '\\/': '/' })[part] ?? part;
