import { parseConfigLines } from './kconfig-text.js';

export type ConfigLoss = {
  symbol: string;
  wanted: string;
  /** The final value; undefined when the .config does not mention the symbol. */
  got: string | undefined;
  /** Where it was asked for. */
  file: string;
  line: number;
  /** What for: the fragment's heading above it, `# --- NVMe: host and target ---`. */
  purpose?: string;
};

/**
 * What the fragments asked for and the final .config does not have; a later fragment overrides an earlier one.
 * merge_config.sh only prints these, with exit status 0.
 */
export function lostSymbols(
  fragments: readonly { file: string; text: string }[],
  config: string,
): ConfigLoss[] {
  const wanted = new Map<string, Omit<ConfigLoss, 'symbol' | 'got'>>();
  for (const { file, text } of fragments)
    for (const { symbol, value, line } of parseConfigLines(text)) {
      wanted.delete(symbol); // for the order: the line that counts is the last one
      const purpose = purposeOf(text, line);
      wanted.set(symbol, { wanted: value, file, line, ...(purpose !== undefined && { purpose }) });
    }
  const final = new Map(parseConfigLines(config).map(({ symbol, value }) => [symbol, value]));
  return [...wanted]
    .filter(([symbol, asked]) => (final.get(symbol) ?? 'n') !== asked.wanted)
    .map(([symbol, asked]) => ({ symbol, got: final.get(symbol), ...asked }));
}

function purposeOf(text: string, line: number): string | undefined {
  const above = text
    .split('\n')
    .slice(0, line - 1)
    .reverse();
  return above
    .map((content) => /^# --- (.+?) -+$/.exec(content)?.[1])
    .find((heading) => heading !== undefined);
}

/**
 * A loss in one line, with what to look at.
 * @param definedAt `file:line` of the symbol in the source's Kconfig files, if there is one
 */
export function describeLoss(
  { symbol, wanted, got, file, line, purpose }: ConfigLoss,
  definedAt: string | undefined,
): string {
  const needed = purpose === undefined ? '' : ` (for: ${purpose})`;
  const asked = `${file}:${line}: CONFIG_${symbol}=${wanted}${needed} did not survive`;
  if (!definedAt) return `${asked}: the source has no such symbol`;
  if (got === undefined) return `${asked}: a symbol it depends on is off (see ${definedAt})`;
  const final = got === 'n' ? 'it is off' : `it is ${got}`;
  return `${asked}: in the final .config ${final} (see ${definedAt})`;
}
