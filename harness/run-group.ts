import type { Boot } from './variant/boot.js';
import type { Result } from './report/run-document.js';
import { runOne, type Context } from './run-one.js';
import type { Group } from './schedule-variants.js';

/** One variant after the other, each on the boot of the one before if that left its machines as it found them. */
export async function runGroup(group: Group, context: Context): Promise<Result[]> {
  const { until } = context.request;
  const results: Result[] = [];
  let boot: Boot | undefined;
  try {
    for (const [n, variant] of group.entries()) {
      const end = await runOne(variant, { boot, another: n < group.length - 1 }, context);
      boot = end.boot;
      results.push(end.result);
      if (until?.(end.result)) break;
    }
    return results;
  } finally {
    await boot?.[Symbol.asyncDispose]();
  }
}
