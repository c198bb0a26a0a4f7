import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** What the kernel's log says about peer-to-peer paths; `step` is the one during which it was said. */
export type PathLog = {
  /** `nvmet: using p2pmem on 0000:05:00.0 for nsid 1` (drivers/nvme/target/core.c, 6.12). */
  uses: { provider: string; nsid: number; line: number; step?: string }[];
  /** `nvme 0000:02:00.0: cannot be used for peer-to-peer DMA as the client and provider (…) do not share …`. */
  refusals: { client: string; provider: string; line: number; step?: string }[];
};

const stepMark = /p2plab: (begin|end) (\S+)\s*$/;
const bdf = '([0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\\.[0-7])';
const use = new RegExp(`using p2pmem on ${bdf} for nsid (\\d+)\\s*$`);
const refusal = new RegExp(
  `${bdf}: cannot be used for peer-to-peer DMA as the client and provider \\(${bdf}\\) do not share`,
);

/** A guest that repeats itself: no check needs more. */
const maxLines = 100;

/** Reads a console log in bounded memory; BDFs become ids where they are known. An absent file says nothing. */
export async function readPathLog(file: string, idByBdf: ReadonlyMap<string, string>): Promise<PathLog> {
  const stream = createReadStream(file, { encoding: 'latin1' });
  try {
    return await parsePathLog(createInterface({ input: stream, crlfDelay: Infinity }), idByBdf);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return { uses: [], refusals: [] };
  }
}

/** @param lines of a console log, from the first */
export async function parsePathLog(
  lines: Iterable<string> | AsyncIterable<string>,
  idByBdf: ReadonlyMap<string, string>,
): Promise<PathLog> {
  const log: PathLog = { uses: [], refusals: [] };
  const idOf = (address: string) => idByBdf.get(address) ?? address;
  let line = 0;
  let at: { step?: string } = {};
  for await (const text of lines) {
    line += 1;
    const mark = stepMark.exec(text);
    if (mark) at = mark[1] === 'begin' ? { step: mark[2]! } : {};
    const used = use.exec(text);
    if (used && log.uses.length < maxLines)
      log.uses.push({ provider: idOf(used[1]!), nsid: Number(used[2]), line, ...at });
    const refused = refusal.exec(text);
    if (refused && log.refusals.length < maxLines)
      log.refusals.push({ client: idOf(refused[1]!), provider: idOf(refused[2]!), line, ...at });
  }
  return log;
}
