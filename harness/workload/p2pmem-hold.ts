import * as z from 'zod';
import { deviceId, size } from '../scenario/schema-parts.js';
import { p2pmemDir, type Rig } from './rig.js';
import { stepKind } from './step-kind.js';

/**
 * Has a process hold a provider's peer memory over the following steps, all of it but `leave` bytes, until
 * p2pmem-release. Samples: held, left (bytes of `available` then).
 */
export const p2pmemHold = stepKind({
  kind: 'p2pmem-hold',
  summary: "holds a provider's p2pmem over the following steps, all but some bytes",
  parameters: 'provider, leave (0)',
  records: 'held, left (B)',
  params: z.strictObject({
    provider: deviceId('a provider'),
    leave: size({ min: 0, multipleOf: 4096 }).default(0),
  }),
  references: ({ provider }) => [{ path: ['provider'], id: provider, want: ['provider'] }],
  commands: ({ provider, leave }, rig) => {
    const { folder, pool } = placesOf(provider, rig);
    const lines = [
      'set -e',
      `mkdir -p ${folder}; cd ${folder}`,
      `read -r available <${pool}/available; bytes=$((available - ${leave}))`,
      'rm -f held; [ -p stdin ] || mkfifo stdin',
      `p2pmem-map hold ${pool}/allocate $bytes <>stdin >held 2>&1 & holder=$!`,
      'echo $holder >pid',
      'until grep -q held held 2>/dev/null; do kill -0 $holder 2>/dev/null || { cat held >&2; exit 1; }; sleep 0.05; done',
      `read -r left <${pool}/available; echo "held $bytes $left"`,
    ];
    return [{ label: 'hold', script: lines.join('\n') }];
  },
  samples: (_, [output]) => {
    const [, held, left] = /^held (\d+) (\d+)$/m.exec(output?.stdout ?? '') ?? [];
    if (left === undefined) throw new Error('the script did not say what it holds');
    return [
      { name: 'held', value: Number(held), unit: 'B' },
      { name: 'left', value: Number(left), unit: 'B' },
    ];
  },
  asFound: ({ provider }, rig) => [{ label: 'folder', script: `rm -rf ${placesOf(provider, rig).folder}` }],
  undo: ({ provider }, rig) => [{ label: 'release', script: releaseScript(provider, rig) }],
});

const placesOf = (provider: string, rig: Rig) => ({
  folder: `/run/p2plab-hold-${provider}`,
  pool: p2pmemDir(rig.bdf(provider)),
});

/** Nobody who holds it is no error. */
export function releaseScript(provider: string, rig: Rig): string {
  const { folder } = placesOf(provider, rig);
  return [
    `[ -e ${folder}/pid ] || exit 0`,
    `read -r pid <${folder}/pid; kill "$pid"`,
    'while [ -e "/proc/$pid" ]; do sleep 0.02; done',
    `rm ${folder}/pid`,
  ].join('\n');
}
