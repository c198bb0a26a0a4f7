import type { PathPrediction } from './predict.js';

/** Whom the kernel chooses when it may (p2pmem=1): one of `providers`, at random when there are more. */
export type ChoicePrediction = {
  /** Nearest to all clients together; none: nobody's memory can be used by all of them. */
  providers: string[];
  /** Sum over the clients. */
  distance?: number;
  /** Of these it is not known whether they can be used; each is at least as near. */
  perhaps: string[];
};

/**
 * pci_p2pmem_find_many() of drivers/pci/p2pdma.c, 6.12: the least sum of distances among the published providers that
 * every client can reach; among equals a random one.
 * @param published ids of the providers that are there; left out: all that the paths name
 */
export function predictChoice(
  clients: readonly string[],
  paths: readonly PathPrediction[],
  published?: ReadonlySet<string>,
): ChoicePrediction {
  const candidates = [...new Set(paths.map(({ provider }) => provider))]
    .filter((provider) => published?.has(provider) ?? true)
    .map((provider) => {
      const toAll = clients.map((client) =>
        paths.find((p) => p.client === client && p.provider === provider),
      );
      const maps = toAll.map((path) => path?.map ?? 'refused');
      const distance = toAll.reduce((sum, path) => sum + (path?.distance ?? 0), 0);
      return { provider, distance, refused: maps.includes('refused'), unknown: maps.includes('unknown') };
    })
    .filter(({ refused }) => !refused);
  const sure = candidates.filter(({ unknown }) => !unknown);
  const least = Math.min(...sure.map(({ distance }) => distance));
  return {
    providers: sure.filter(({ distance }) => distance === least).map(({ provider }) => provider),
    ...(sure.length > 0 && { distance: least }),
    perhaps: candidates
      .filter(({ unknown, distance }) => unknown && distance <= least)
      .map(({ provider }) => provider),
  };
}
