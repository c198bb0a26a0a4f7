/** A `CONFIG_X=value` or `# CONFIG_X is not set` line; the latter and `=n` both have the value 'n'. */
export type ConfigLine = { symbol: string; value: string; line: number };

/** The lines of a .config or a fragment that set something; symbols without CONFIG_, values as written. */
export function parseConfigLines(text: string): ConfigLine[] {
  return text.split('\n').flatMap((content, i) => {
    const [, symbol, value] = /^CONFIG_(\w+)=(.*?)\s*$/.exec(content) ?? [];
    if (symbol !== undefined && value !== undefined) return [{ symbol, value, line: i + 1 }];
    const [, unset] = /^# CONFIG_(\w+) is not set\s*$/.exec(content) ?? [];
    return unset === undefined ? [] : [{ symbol: unset, value: 'n', line: i + 1 }];
  });
}

/** The symbols of a .config that are set, strings without their quotes. */
export function configSymbols(text: string): Map<string, string> {
  const set = parseConfigLines(text).filter(({ value }) => value !== 'n');
  return new Map(set.map(({ symbol, value }) => [symbol, value.replace(/^"(.*)"$/, '$1')]));
}
