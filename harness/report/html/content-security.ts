import { createHash } from 'node:crypto';

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/**
 * A policy that lets the page do nothing but show itself: no request of any kind, and of style and script only these.
 * @see https://www.w3.org/TR/CSP3/
 */
export const contentSecurityPolicy = ({ style, script }: { style: string; script: string }): string =>
  [
    `default-src 'none'`,
    `style-src ${hashOf(style)}`,
    `script-src ${hashOf(script)}`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
