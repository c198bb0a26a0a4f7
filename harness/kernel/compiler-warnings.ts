/** A warning without its place in the file, so that a shifted line is the same warning. */
export type Warning = { file: string; text: string };

/**
 * The warnings of gcc, sparse and the kernel's build tools in the output of make, each once.
 * @param tree path of the source, left out of file names
 */
export function readWarnings(log: string, tree: string): Warning[] {
  const found = [...log.matchAll(/^(\S+?):\d+(?::\d+)?: warning: (.*)$/gm)].map(([, file, text]) => {
    return { file: file!.replace(`${tree}/`, '').replace(/^(?:\.\.\/)+/, ''), text: text!.trim() };
  });
  return found.filter((warning, n) => found.findIndex((other) => sameWarning(other, warning)) === n);
}

export const sameWarning = (a: Warning, b: Warning): boolean => a.file === b.file && a.text === b.text;

/** Those of `after` that `before` had not. */
export const addedWarnings = (before: readonly Warning[], after: readonly Warning[]): Warning[] =>
  after.filter((warning) => !before.some((known) => sameWarning(known, warning)));
