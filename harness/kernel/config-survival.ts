import { parseConfigLines } from './kconfig-text.js';

export type ConfigLoss = {
  symbol: string;
  wanted: string;
  /** The final value; undefined when the .config does not mention the symbol. */
  got: string | undefined;
  /** Where it was asked for. */
  file: string;
  line: number;
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
      wanted.set(symbol, { wanted: value, file, line });
    }
  const final = new Map(parseConfigLines(config).map(({ symbol, value }) => [symbol, value]));
  return [...wanted]
    .filter(([symbol, asked]) => (final.get(symbol) ?? 'n') !== asked.wanted)
    .map(([symbol, asked]) => ({ symbol, got: final.get(symbol), ...asked }));
}

/**
 * A loss in one line, with what to look at.
 * @param definedAt `file:line` of the symbol in the source's Kconfig files, if there is one
 */
export function describeLoss(
  { symbol, wanted, got, file, line }: ConfigLoss,
  definedAt: string | undefined,
): string {
  const asked = `${file}:${line}: CONFIG_${symbol}=${wanted} did not survive`;
  if (!definedAt) return `${asked}: the source has no such symbol`;
  if (got === undefined) return `${asked}: a symbol it depends on is off (see ${definedAt})`;
  const final = got === 'n' ? 'it is off' : `it is ${got}`;
  return `${asked}: in the final .config ${final} (see ${definedAt})`;
}
