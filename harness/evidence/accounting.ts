import type { Guest } from '../guest/connect-guest.js';

/** sysfs p2pmem figures of a pool; bytes. */
export type Pool = { size: number; available: number; published: number };
/** Of every provider of a machine, by device id. */
export type Accounting = Record<string, Pool>;
/** A step's pools; `lowest` is the least `available` that the sampler saw meanwhile, by device id. */
export type StepAccounting = {
  before?: Accounting;
  after?: Accounting;
  lowest?: Record<string, { available: number; samples: number }>;
};

/** Reads one moment, and begins or ends the sampling of what lies between two moments. */
export type Moment = { mark: string; sampling?: 'begin' | 'end' };
export type MomentReading = { pools: Accounting; lowest?: StepAccounting['lowest'] };

/** A poll costs an emulated guest about 0.3 ms; a transfer step lasts seconds. */
const sampleUs = 20_000;

const folder = '/run/p2plab-samples';

/** Lines `pool BDF size available published`. Shell builtins only: each program costs an emulated guest 10 ms and more. */
export const readPools = [
  'cd /sys/bus/pci/devices',
  'for d in */p2pmem; do',
  '  [ -e "$d/size" ] || continue',
  '  read -r size <"$d/size"; read -r available <"$d/available"; read -r published <"$d/published"',
  '  echo "pool ${d%/*} $size $available $published"',
  'done',
];
const beginSampling = [
  'set -- */p2pmem/available',
  `[ ! -e "$1" ] || { p2pmem-map sample ${sampleUs} "$@" >${folder}.json 2>&1 </dev/null & echo $! >${folder}.pid; }`,
];
const endSampling = [
  `if [ -e ${folder}.pid ]; then`,
  `  read -r pid <${folder}.pid; kill "$pid"`,
  '  while [ -e "/proc/$pid" ]; do sleep 0.01; done',
  `  cat ${folder}.json; rm ${folder}.pid`,
  'fi',
];

/**
 * Reads the pools of all providers at one moment, and marks the moment in the kernel log, so that the log can be cut
 * there too.
 */
export async function readMoment(
  guest: Guest,
  idByBdf: ReadonlyMap<string, string>,
  { mark, sampling }: Moment,
  signal: AbortSignal,
): Promise<MomentReading> {
  const script = [
    `echo '${logMark(mark)}' >/dev/kmsg`,
    ...(sampling === 'end' ? endSampling : []),
    ...readPools,
    ...(sampling === 'begin' ? beginSampling : []),
    'true',
  ].join('\n');
  return parseMoment((await guest.read(script, signal)).toString(), idByBdf);
}

/** How a moment of the run looks in the kernel log. */
export const logMark = (mark: string): string => `p2plab: ${mark}`;

type SampledFile = { file: string; min: number; samples: number };

/** Lines `pool BDF size available published`, and the sampler's JSON in a line of its own. */
export function parseMoment(text: string, idByBdf: ReadonlyMap<string, string>): MomentReading {
  const idOf = (bdf: string) => idByBdf.get(bdf) ?? bdf;
  const lines = text.split('\n');
  const pools = lines
    .filter((line) => line.startsWith('pool '))
    .map((line) => {
      const [, bdf = '', ...figures] = line.trim().split(' ');
      const [size = NaN, available = NaN, published = NaN] = figures.map(Number);
      return [idOf(bdf), { size, available, published }] as const;
    });
  const json = lines.find((line) => line.startsWith('['));
  const sampled = json === undefined ? undefined : (JSON.parse(json) as SampledFile[]);
  const lowest = sampled?.map(({ file, min, samples }) => {
    return [idOf(file.split('/').at(-3) ?? file), { available: min, samples }] as const;
  });
  return { pools: Object.fromEntries(pools), lowest: lowest && Object.fromEntries(lowest) };
}

/** How far `available` fell during a step, in bytes; undefined when nothing was sampled. */
export function dipOf({ before, lowest }: StepAccounting, provider: string): number | undefined {
  const [pool, low] = [before?.[provider], lowest?.[provider]];
  return pool && low && pool.available - low.available;
}
