import type { Step } from '../scenario/scenario.js';

// What is needed here of the parameters of some kinds of step.
type FioParams = { disk: string; rw: string; bs: number[]; size: number };
type ConnectParams = { as: string; subsystem: string; transport: Transport };
type ExportParams = { subsystem: string; inline?: number };
type Transport = 'rdma' | 'tcp';

/**
 * Inline data that a port offers when it is not told: NVMET_RDMA_DEFAULT_INLINE_DATA_SIZE of drivers/nvme/target/rdma.c,
 * NVMET_TCP_DEF_INLINE_DATA_SIZE of tcp.c (6.12, pages of 4 KiB).
 */
const defaultInlineBytes: Record<Transport, number> = { rdma: 4096, tcp: 16384 };

/**
 * Bytes that a step's writes to a connected disk send within the command capsule. The host does so with a write that
 * fits (nvme_rdma_map_data() of drivers/nvme/host/rdma.c, 6.12: `ioccsz` tells what fits), and the target has it in
 * its own RAM by then (nvmet_rdma_map_sgl_inline()), whatever p2pmem it has. 0 of any other step.
 */
export function predictInCapsule(stepName: string, steps: readonly Step[]): number {
  const step = steps.find(({ name }) => name === stepName);
  if (step?.kind !== 'fio') return 0;
  const { disk, rw, bs, size } = step.params as FioParams;
  const connect = paramsOf<ConnectParams>(steps, 'nvme-connect').find(({ as }) => as === disk);
  if (!connect || !rw.endsWith('write')) return 0;
  const port = paramsOf<ExportParams>(steps, 'nvmet-export').find(
    ({ subsystem }) => subsystem === connect.subsystem,
  );
  const inline = port?.inline ?? defaultInlineBytes[connect.transport];
  return bs.filter((bytes) => bytes <= inline).reduce((sum, bytes) => sum + size - (size % bytes), 0);
}

const paramsOf = <P>(steps: readonly Step[], kind: string): P[] =>
  steps.flatMap((step) => (step.kind === kind ? [step.params as P] : []));
