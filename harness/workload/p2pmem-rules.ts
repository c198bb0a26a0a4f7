import * as z from 'zod';
import { deviceId, oneOf } from '../scenario/schema-parts.js';
import { findDisk, p2pmemDir } from './rig.js';
import { leavesNothing, type Sample, stepKind } from './step-kind.js';

/** Rules of I/O: with a disk that cannot do peer-to-peer, and with one that can, which is overwritten. */
const withDisk = ['direct', 'in-flight', 'passthrough'] as const;

const params = z
  .strictObject({
    provider: deviceId('a provider'),
    rules: oneOf(['map', 'memory', 'ends', 'file', ...withDisk]),
    disk: deviceId('a disk, or root').optional(),
  })
  .refine(({ rules, disk }) => withDisk.some((r) => r === rules) === (disk !== undefined), {
    message: 'a disk for the rules of direct, in-flight and passthrough, and for no others',
    path: ['disk'],
  });

/** virtio-blk, below which no peer-to-peer is supported (drivers/block/virtio_blk.c, 6.12, has no BLK_FEAT_PCI_P2PDMA). */
const rootDisk = 'root';

/**
 * Does what an application may do with p2pmem, rule by rule, and records what came of it: a sample for each rule, which
 * is the words that images/programs/p2pmem-rules-*.c tell of it.
 */
export const p2pmemRules = stepKind({
  kind: 'p2pmem-rules',
  summary: 'does with p2pmem what an application may do with memory and files, one rule after the other',
  parameters:
    "provider, rules (map, memory, ends, file, direct, in-flight, passthrough), disk (of direct: one that cannot do peer-to-peer, root is the guest's own; else: one that can, and is written to)",
  records:
    'of each rule its words: ok, the name of an errno or a signal, pages missing in the pool at a point of it; short N: pages that it leaked, hangs',
  params,
  references: ({ provider, disk }) => [
    { path: ['provider'], id: provider, want: ['provider'] },
    ...(disk === undefined || disk === rootDisk
      ? []
      : [{ path: ['disk'], id: disk, want: ['nvme' as const, 'connected' as const] }]),
  ],
  commands: ({ provider, rules, disk }, rig) => {
    const ask = `p2pmem-rules-${rules} ${p2pmemDir(rig.bdf(provider))}`;
    if (disk === undefined) return [{ label: rules, script: ask }];
    const find = disk === rootDisk ? 'disk=/dev/vda' : findDisk(rig.disk(disk));
    return [{ label: `${rules}-${disk}`, script: `${find}\n${ask} "$disk"` }];
  },
  samples: (_, [output]) => {
    const told = [...(output?.stdout ?? '').matchAll(/^rule (\S+) (.*)$/gm)];
    if (told.length === 0) throw new Error('no rule was tried');
    return told.map(([, name, words]): Sample => ({ name: name!, value: words! }));
  },
  asFound: leavesNothing,
});
