/** A shell script that runs argv in the folder that it lies in. */
export const pasteableCommand = (argv: readonly string[]): string =>
  `#!/bin/sh\ncd "$(dirname "$0")" &&\nexec ${commandLines(argv)}\n`;

/** A shell command, one option a line, quoted where a shell needs it. */
export function commandLines(argv: readonly string[]): string {
  const lines = argv.reduce<string[]>((built, arg) => {
    const previous = built.at(-1);
    const joinsOption = previous !== undefined && /^-[a-z_-]+$/i.test(previous) && !arg.startsWith('-');
    return joinsOption
      ? [...built.slice(0, -1), `${previous} ${shellQuote(arg)}`]
      : [...built, shellQuote(arg)];
  }, []);
  return lines.join(' \\\n  ');
}

/** One shell word. */
export const shellQuote = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
