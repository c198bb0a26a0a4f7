/** A variant that may run on a boot with others. */
export type Sharing = {
  /** The same for variants that can share a boot; undefined for one that wants its own. */
  key: string | undefined;
  /** How long it is expected to take. */
  seconds: number;
};

/** One boot does not have more: a result should not hang on a long past. */
const maxPerBoot = 4;

/**
 * Which variants run one after another on one boot: neighbours with the same key. No group is longer than its share of
 * the whole when `jobs` run at the same time, since the others would wait for it.
 * @param variants in the order of the run
 */
export function bootGroups<T extends Sharing>(variants: readonly T[], jobs: number): T[][] {
  const share = variants.reduce((sum, { seconds }) => sum + seconds, 0) / jobs;
  const groups: T[][] = [];
  for (const variant of variants) {
    const last = groups.at(-1) ?? [];
    const seconds = last.reduce((sum, each) => sum + each.seconds, variant.seconds);
    const joins =
      variant.key !== undefined &&
      variant.key === last[0]?.key &&
      last.length < maxPerBoot &&
      seconds <= share;
    if (joins) last.push(variant);
    else groups.push([variant]);
  }
  return groups;
}
