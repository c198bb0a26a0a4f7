/** Control characters, line separators, what turns the direction of text or is invisible, and halves of characters. */
const live =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/**
 * Guest text as one line that no terminal, mail or page obeys: what is not to be seen is shown as its number, `\x1b`.
 * What a format itself takes for markup is escaped by that format.
 */
export const inertLine = (text: string): string =>
  text.replaceAll(live, (c) => {
    const code = c.charCodeAt(0);
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`;
  });

/** Several lines of guest text; a tab is two spaces. */
export const inertLines = (text: string): string[] =>
  text.replaceAll('\t', '  ').split(/\r?\n/).map(inertLine);
