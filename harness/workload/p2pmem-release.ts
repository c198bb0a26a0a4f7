import * as z from 'zod';
import { deviceId } from '../scenario/schema-parts.js';
import { releaseScript } from './p2pmem-hold.js';
import { leavesNothing, stepKind } from './step-kind.js';

/** Ends the process of p2pmem-hold, by a signal: what it had mapped is the kernel's to give back. */
export const p2pmemRelease = stepKind({
  kind: 'p2pmem-release',
  summary: 'ends the process that holds p2pmem since p2pmem-hold',
  parameters: 'provider',
  params: z.strictObject({ provider: deviceId('a provider') }),
  references: ({ provider }) => [{ path: ['provider'], id: provider, want: ['provider'] }],
  commands: ({ provider }, rig) => [{ label: 'release', script: releaseScript(provider, rig) }],
  samples: () => [],
  asFound: leavesNothing,
});
