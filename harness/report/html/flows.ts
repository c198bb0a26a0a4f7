import type { Result } from '../run-document.js';

/** Bytes between a drive and a region of memory, over the steps of a result. */
export type Flow = {
  drive: string;
  region: string;
  /** By direction; a direction with no bytes is not there. */
  bytes: Partial<Record<'read' | 'write', number>>;
  steps: string[];
};

/** Of one machine, in the order in which they first happened. */
export function flowsOf({ evidence }: Pick<Result, 'evidence'>, machine: string): Flow[] {
  const flows = new Map<string, Flow>();
  for (const { name, transfers } of evidence.steps)
    for (const transfer of transfers.filter((t) => t.machine === machine))
      for (const [region, bytes] of Object.entries(transfer.bytesByRegion)) {
        if (bytes === 0) continue;
        const key = JSON.stringify([transfer.drive, region]);
        const flow = flows.get(key) ?? { drive: transfer.drive, region, bytes: {}, steps: [] };
        flows.set(key, flow);
        flow.bytes[transfer.direction] = (flow.bytes[transfer.direction] ?? 0) + bytes;
        if (!flow.steps.includes(name)) flow.steps.push(name);
      }
  return [...flows.values()];
}

/** `write 32M, read 32M`. */
export const flowBytes = ({ bytes }: Flow, size: (bytes: number) => string): string =>
  (['write', 'read'] as const)
    .flatMap((direction) =>
      bytes[direction] === undefined ? [] : [`${direction} ${size(bytes[direction])}`],
    )
    .join(', ');
