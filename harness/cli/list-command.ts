import { readScenarios } from './find-scenarios.js';
import { parseTagExpression } from '../scenario/tag-expression.js';
import { exitCodes } from './exit-code.js';
import type { Terminal } from './terminal.js';

/** `p2plab list`: one line a scenario. */
export async function listCommand({ tag }: { tag?: string }, { out, colors }: Terminal): Promise<number> {
  const wanted = tag === undefined ? () => true : parseTagExpression(tag);
  const files = (await readScenarios([])).filter(({ tags }) => wanted(tags));
  const width = Math.max(0, ...files.map(({ name }) => name.length));
  for (const { name, title, tags, variants } of files) {
    const count = variants.length === 1 ? '1 variant' : `${variants.length} variants`;
    out(
      `${colors.bold(name.padEnd(width))}  ${title}\n${' '.repeat(width)}  ${colors.dim(`${count}; ${tags.join(', ')}`)}\n`,
    );
  }
  return exitCodes.passed;
}
