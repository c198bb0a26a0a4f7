import * as z from 'zod';
import type { core } from 'zod';
import { inWords } from './schema-parts.js';

const types: Record<string, string> = {
  object: 'a map',
  record: 'a map',
  array: 'a list',
  string: 'text',
  int: 'a whole number',
  boolean: 'true or false',
};

/**
 * What a schema of zod's own wanted, for zod's `error` option; schemas with a message of their own keep it.
 * For unknown keys it is the known ones, separated by commas.
 */
export function wantedBy(issue: core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return types[issue.expected] ?? `a ${issue.expected}`;
    case 'invalid_value':
      return inWords(issue.values.map(String));
    case 'too_small':
      return `at least ${issue.minimum}${counted(issue.origin)}`;
    case 'too_big':
      return `at most ${issue.maximum}${counted(issue.origin)}`;
    case 'unrecognized_keys':
      return issue.inst instanceof z.ZodObject ? Object.keys(issue.inst.shape).join(', ') : '';
    case 'invalid_union':
      return wantedByUnion(issue.errors);
    case 'invalid_key':
      return issue.issues[0]?.message ?? 'another key';
    case 'invalid_format':
      return `text that matches ${issue.pattern ?? issue.format}`;
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`;
    default:
      return 'another value';
  }
}

/** What the alternatives want of the value itself; what they want of its parts only when there is nothing else. */
function wantedByUnion(alternatives: readonly (readonly core.$ZodIssue[])[]): string {
  const issues = alternatives.flat();
  const ofItself = issues.filter(({ path, code }) => path.length === 0 && code !== 'unrecognized_keys');
  const wants = (ofItself.length > 0 ? ofItself : issues).map(({ message }) => message);
  return [...new Set(wants)].join(', or ') || 'another value';
}

const counted = (origin: string): string =>
  origin === 'array' || origin === 'set' ? ' entries' : origin === 'string' ? ' characters' : '';
