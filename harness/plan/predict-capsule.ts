import type { Step } from '../scenario/scenario.js';

// What is needed here of the parameters of some kinds of step.
type FioParams = { disk: string; rw: string; bs: number[]; size: number };
type ConnectParams = { as: string[]; subsystem: string; transport: Transport };
type ExportParams = { subsystem: string; port: number; inline?: number };
type UnexportParams = Omit<ExportParams, 'inline'>;
type Transport = 'rdma' | 'tcp' | 'loop';

/**
 * Inline data that a port offers when it is not told: NVMET_RDMA_DEFAULT_INLINE_DATA_SIZE of drivers/nvme/target/rdma.c,
 * NVMET_TCP_DEF_INLINE_DATA_SIZE of tcp.c (6.12, pages of 4 KiB). loop.c has no capsules.
 */
const defaultInlineBytes: Record<Transport, number> = { rdma: 4096, tcp: 16384, loop: 0 };

/**
 * Bytes that a step's writes to a connected disk send within the command capsule. The host does so with a write that
 * fits (nvme_rdma_map_data() of drivers/nvme/host/rdma.c, 6.12: `ioccsz` tells what fits), and the target has it in
 * its own RAM by then (nvmet_rdma_map_sgl_inline()), whatever p2pmem it has. 0 of any other step.
 */
export function predictInCapsule(stepName: string, steps: readonly Step[]): number {
  const at = steps.findIndex(({ name }) => name === stepName);
  const step = steps[at];
  if (step?.kind !== 'fio') return 0;
  const { disk, rw, bs, size } = step.params as FioParams;
  const before = steps.slice(0, at);
  const connect = before
    .filter(({ kind }) => kind === 'nvme-connect')
    .map(({ params }) => params as ConnectParams)
    .find(({ as }) => as.includes(disk));
  if (!connect || rw.endsWith('read')) return 0;
  const inline = inlineOf(connect.subsystem, before) ?? defaultInlineBytes[connect.transport];
  const written = rw === 'randrw' ? size / 2 : size; // of mixed I/O one half
  return bs.filter((bytes) => bytes <= inline).reduce((sum, bytes) => sum + written - (written % bytes), 0);
}

/** What the port offers that the subsystem hangs on: it is as its first subsystem had it made. */
function inlineOf(subsystem: string, steps: readonly Step[]): number | undefined {
  const ports = new Map<string, { inline?: number; subsystems: Set<string> }>();
  for (const { kind, machine, params } of steps) {
    if (kind === 'nvmet-export') {
      const { subsystem: exported, port, inline } = params as ExportParams;
      const key = `${machine} ${port}`;
      const known = ports.get(key) ?? { inline, subsystems: new Set() };
      ports.set(key, { ...known, subsystems: known.subsystems.add(exported) });
    } else if (kind === 'nvmet-unexport') {
      const { subsystem: taken, port } = params as UnexportParams;
      const key = `${machine} ${port}`;
      ports.get(key)?.subsystems.delete(taken);
      if (ports.get(key)?.subsystems.size === 0) ports.delete(key);
    }
  }
  return [...ports.values()].find(({ subsystems }) => subsystems.has(subsystem))?.inline;
}
