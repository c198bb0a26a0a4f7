import * as z from 'zod';
import { deviceId, list } from '../scenario/schema-parts.js';
import { leavesNothing, stepKind } from './step-kind.js';
import { testModule } from './test-module.js';

/**
 * Asks the kernel how clients reach providers, now: the question makes p2pdma decide anew, and remember it for the
 * client's DMA (map_types in drivers/pci/p2pdma.c, 6.12). A sample per client, by its id, with all providers in their
 * order: `nvme0 4 bus, shm0 6 host-bridge, shm1 refused`; one without peer memory is `shm2 none`.
 */
export const p2pPaths = stepKind({
  kind: 'p2p-paths',
  summary: 'asks the kernel for distance and way of each path from clients to providers',
  parameters: 'clients, providers (each one or a list)',
  records: 'for each client by its id: nvme0 4 bus, shm0 6 host-bridge, shm1 refused, shm2 none',
  params: z.strictObject({
    clients: list(deviceId('a device')),
    providers: list(deviceId('a provider')),
  }),
  references: ({ clients, providers }) => [
    ...clients.map((id, n) => ({
      path: ['clients', n],
      id,
      want: ['nvme' as const, 'nic' as const, 'ivshmem' as const],
    })),
    ...providers.map((id, n) => ({ path: ['providers', n], id, want: ['provider' as const] })),
  ],
  commands: ({ clients, providers }, rig) => {
    const questions = clients.flatMap((client) =>
      providers.map((id) => `ask ${client} ${id} ${rig.bdf(client)} ${rig.bdf(id)}`),
    );
    const lines = [
      'set -e',
      `exec 3<>${testModule}/probe`,
      'ask() { echo "$3 $4" >&3; read -r answer <&3; echo "path $1 $2 $answer"; }',
      ...questions,
    ];
    return [{ label: 'paths', script: lines.join('\n') }];
  },
  samples: ({ clients, providers }, [output]) => {
    const stdout = output?.stdout ?? '';
    return clients.map((client) => ({
      name: client,
      value: providers.map((provider) => `${provider} ${answerAbout(client, provider, stdout)}`).join(', '),
    }));
  },
  asFound: leavesNothing,
});

/** Of a refused path the kernel tells no distance. */
function answerAbout(client: string, provider: string, stdout: string): string {
  const shape = `^path ${client} ${provider} distance (-?\\d+) map (bus|host-bridge|refused|none)$`;
  const [, distance, map] = new RegExp(shape, 'm').exec(stdout) ?? [];
  if (map === undefined) throw new Error(`the test module gave no answer about ${client} and ${provider}`);
  return map === 'refused' || map === 'none' ? map : `${distance} ${map}`;
}
