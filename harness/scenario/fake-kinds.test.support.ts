import * as z from 'zod';
import { count, deviceId, list, size } from './schema-parts.js';
import type { Reference, StepSyntax } from './step-syntax.js';

const keep = <P>(kind: StepSyntax<P>): StepSyntax => kind as unknown as StepSyntax;
const loose = (kind: string): StepSyntax => keep({ kind, params: z.looseObject({}) });

/** Stand-ins for the kinds of the workload stage, by the same names, so that the real scenarios can be read. */
export const fakeKinds: readonly StepSyntax[] = [
  keep({
    kind: 'fio',
    params: z.strictObject({
      disk: deviceId(),
      rw: z.enum(['read', 'write']),
      bs: list(size({ min: 512, multipleOf: 512 })),
      size: size(),
      memory: deviceId().default('ram'),
    }),
    references: ({ disk, memory }): Reference[] => [
      { path: ['disk'], id: disk, want: ['nvme', 'connected'] },
      ...(memory === 'ram' ? [] : [{ path: ['memory'], id: memory, want: ['provider'] } satisfies Reference]),
    ],
  }),
  keep({
    kind: 'p2pmem-map',
    params: z.strictObject({ provider: deviceId(), pages: count({ min: 1 }) }),
    references: ({ provider }): Reference[] => [{ path: ['provider'], id: provider, want: ['provider'] }],
  }),
  keep({
    kind: 'nvme-connect',
    params: z.looseObject({ as: deviceId(), nic: deviceId() }),
    references: ({ nic }): Reference[] => [{ path: ['nic'], id: nic, want: ['nic'], anywhere: true }],
    connects: (params) => [params.as],
  }),
  ...['p2pmem-state', 'p2pmem-exhaust', 'rdma-link', 'nvmet-export', 'nvme-disconnect'].map(loose),
];
