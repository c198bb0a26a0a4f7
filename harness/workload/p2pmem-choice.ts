import * as z from 'zod';
import { count, deviceId, list } from '../scenario/schema-parts.js';
import { leavesNothing, stepKind } from './step-kind.js';
import { testModule } from './test-module.js';

/**
 * Asks the kernel again and again whom it would choose for each client (pci_p2pmem_find() of drivers/pci/p2pdma.c,
 * 6.12: the nearest published provider, among equals a random one). With three equals and 100 questions one of them is
 * left out by chance once in 10^17 runs. A sample per client, by its id: all that were chosen, those `among` by their
 * ids and in that order.
 */
export const p2pmemChoice = stepKind({
  kind: 'p2pmem-choice',
  summary: 'asks the kernel many times which provider it chooses for each client',
  parameters: 'clients (one or a list), among (providers to tell by their ids), times (100)',
  records:
    'for each client by its id: shm0, shm1 (all that were chosen; another provider by its address), or none',
  params: z.strictObject({
    clients: list(deviceId('a device')),
    among: list(deviceId('a provider')),
    times: count({ min: 1, max: 10_000 }).default(100),
  }),
  references: ({ clients, among }) => [
    ...clients.map((id, n) => ({
      path: ['clients', n],
      id,
      want: ['nvme' as const, 'nic' as const, 'ivshmem' as const],
    })),
    ...among.map((id, n) => ({ path: ['among', n], id, want: ['provider' as const] })),
  ],
  commands: ({ clients, among, times }, rig) => {
    const lines = [
      'set -e',
      ...among.map((id) => `echo "provider ${id} ${rig.bdf(id)}"`),
      `exec 3<>${testModule}/choose`,
      'ask() {',
      '  n=0',
      `  while [ $n -lt ${times} ]; do echo "$2" >&3; read -r answer <&3; echo "chosen $1 $answer"; n=$((n + 1)); done`,
      '}',
      ...clients.map((id) => `ask ${id} ${rig.bdf(id)}`),
    ];
    return [{ label: 'choice', script: lines.join('\n') }];
  },
  samples: ({ clients, among, times }, [output]) => {
    const stdout = output?.stdout ?? '';
    const known = new Map([...stdout.matchAll(/^provider (\S+) (\S+)$/gm)].map(([, id, bdf]) => [bdf!, id!]));
    return clients.map((client) => {
      const answers = [...stdout.matchAll(new RegExp(`^chosen ${client} (\\S+)$`, 'gm'))].map(
        ([, bdf]) => bdf!,
      );
      if (answers.length !== times)
        throw new Error(`of ${times} questions about ${client} ${answers.length} have an answer`);
      const chosen = new Set(answers.map((bdf) => known.get(bdf) ?? bdf));
      const value = [
        ...among.filter((id) => chosen.has(id)),
        ...[...chosen].filter((id) => !among.includes(id)),
      ];
      return { name: client, value: value.join(', ') };
    });
  },
  asFound: leavesNothing,
});
