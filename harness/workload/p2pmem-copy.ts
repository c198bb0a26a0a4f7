import * as z from 'zod';
import { count, deviceId, flag, list, oneOf, size } from '../scenario/schema-parts.js';
import { diskParam, patternMap, readJson } from './pattern-fill.js';
import { findDisk, p2pmemDir, type Rig } from './rig.js';
import { leavesNothing, stepKind } from './step-kind.js';

const MiB = 2 ** 20;
const position = () => size({ min: 0, multipleOf: 512 }).default(0);

const params = z
  .strictObject({
    from: diskParam,
    to: diskParam,
    memory: list(deviceId('ram, or a provider')),
    sizes: list(size({ min: 512, max: 16 * MiB, multipleOf: 512 })),
    // NVMe wants words of 4 bytes (dma_alignment of nvme_set_ctrl_limits(), drivers/nvme/host/core.c, 6.12)
    offsets: list(size({ min: 0, max: 4092, multipleOf: 4 })).default([0]),
    segments: list(size({ min: 512, multipleOf: 512 })).optional(),
    repeat: count({ min: 1, max: 1024 }).default(1),
    engine: oneOf(['psync', 'libaio', 'io_uring']).default('psync'),
    depth: count({ min: 1, max: 32 }).default(1),
    at: position(),
    toAt: position(),
    packed: flag().default(false),
    beside: flag().default(false),
    whole: flag().default(false),
    again: flag().default(false),
    mayFail: flag().default(false),
  })
  .refine(({ engine, depth }) => engine !== 'psync' || depth === 1, {
    path: ['depth'],
    message: '1, since psync waits for each I/O (or the engine libaio or io_uring)',
  })
  .refine(({ whole, depth }) => !whole || depth === 1, {
    path: ['depth'],
    message: "1, since whole has room for one I/O at each of the memory's ends",
  });
type CopyParams = z.infer<typeof params>;

type Copied = {
  bytes: number;
  ios: number;
  failed: number;
  error: string;
  badBytes: number;
  badGuards: number;
  firstBad: string;
  overtaken: number;
};

/**
 * Copies from one disk to another, or within one, each I/O by a read into memory, a comparison there of every byte and
 * of what lies around the buffer, and a write out of the same memory. Both disks have their pattern by pattern-fill;
 * pattern-check tells whether the copy is right.
 *
 * I/Os of each of `sizes` at each of `offsets` in a page, `repeat` times, with a block left out behind each size and
 * offset. Iovec elements have the sizes `segments`, in turn, and lie in `memory`, in turn.
 * `whole` takes all that is available of the memories: each I/O is done at one end and at the other, of the second
 * memory at the opposite ends. What is on the disk already is not copied, unless `again`: nobody could tell. `beside` does each I/O in RAM too, at the same time if `depth` lets it.
 */
export const p2pmemCopy = stepKind({
  kind: 'p2pmem-copy',
  summary: 'copies between disks through memory with O_DIRECT, and checks data and what lies around buffers',
  parameters:
    'from, to, memory (of iovec elements: ram or a provider, or a list in turn), sizes, offsets (in a page: 0), ' +
    'segments (of iovec elements in turn: one), repeat (1), engine (psync), depth (1), at and toAt (on the disks: 0), ' +
    'packed (no gaps between elements: false), beside (each I/O in RAM too: false), ' +
    "whole (at both ends of all of a provider's memory: false), again (blocks that are there already: false), mayFail (I/Os are only counted: false)",
  records:
    'bytes, ios (copied), failed (I/Os), error (errno names, or none), badBytes and badGuards (in memory, must be 0), ' +
    'firstBad, overtaken (reads that were done later than one begun after them)',
  params,
  references: ({ from, to, memory }) => [
    { path: ['from'], id: from, want: ['nvme', 'connected'] },
    { path: ['to'], id: to, want: ['nvme', 'connected'] },
    ...memory.flatMap((id, n) =>
      id === 'ram' ? [] : [{ path: ['memory', n], id, want: ['provider' as const] }],
    ),
  ],
  commands: (p, rig) => [{ label: 'copy', script: copyScript(p, rig) }],
  withoutP2p: (p) => ({ ...p, memory: ['ram'], repeat: 1, whole: false, again: true, ...few(p) }),
  samples: (_, outputs) => {
    const [seen] = readJson<Copied>(outputs);
    const { bytes, ios, failed, error, badBytes, badGuards, firstBad, overtaken } = seen!;
    return [
      { name: 'bytes', value: bytes, unit: 'B' },
      { name: 'ios', value: ios },
      { name: 'failed', value: failed },
      { name: 'error', value: error || 'none' },
      { name: 'badBytes', value: badBytes },
      { name: 'badGuards', value: badGuards },
      { name: 'firstBad', value: firstBad || 'none' },
      { name: 'overtaken', value: overtaken },
    ];
  },
  asFound: leavesNothing,
});

/** Enough to tell a claim from its control. */
const few = ({ sizes, offsets }: CopyParams) => ({ sizes: sizes.slice(0, 2), offsets: offsets.slice(0, 2) });

function copyScript(p: CopyParams, rig: Rig): string {
  const memory = p.memory.map((id) => (id === 'ram' ? id : `${p2pmemDir(rig.bdf(id))}/allocate`));
  const flags = (['packed', 'beside', 'whole', 'again'] as const).filter((name) => p[name]);
  const keys = [
    ...memory.map((file) => `memory=${file}`),
    `sizes=${p.sizes.join(',')} offsets=${p.offsets.join(',')}`,
    ...(p.segments ? [`segments=${p.segments.join(',')}`] : []),
    `repeat=${p.repeat} engine=${p.engine} depth=${p.depth} at=${p.at} toAt=${p.toAt}`,
    ...flags.map((name) => `${name}=1`),
    ...(p.mayFail ? ['errors=1'] : []),
  ];
  return [
    findDisk(rig.disk(p.from)),
    'from=$disk',
    findDisk(rig.disk(p.to)),
    `exec p2pmem-copy from=${patternMap(p.from)},"$from" to=${patternMap(p.to)},"$disk" \\`,
    `  ${keys.join(' \\\n  ')}`,
  ].join('\n');
}
