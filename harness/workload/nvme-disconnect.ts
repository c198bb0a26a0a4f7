import * as z from 'zod';
import { name } from '../scenario/schema-parts.js';
import { nqn } from './rig.js';
import { leavesNothing, stepKind } from './step-kind.js';

/** Disconnects from a subsystem. Sample: controllers, how many were disconnected. */
export const nvmeDisconnect = stepKind({
  kind: 'nvme-disconnect',
  summary: 'disconnects from an exported subsystem',
  parameters: 'subsystem',
  records: 'controllers',
  params: z.strictObject({ subsystem: name('a subsystem name') }),
  commands: ({ subsystem }) => [{ label: 'disconnect', script: `nvme disconnect --nqn=${nqn(subsystem)}` }],
  samples: (_, [output]) => {
    const controllers = /disconnected (\d+) controller/.exec(output?.stdout ?? '')?.[1];
    if (controllers === undefined) throw new Error('nvme disconnect did not say how many it disconnected');
    return [{ name: 'controllers', value: Number(controllers) }];
  },
  // of the control run too: what connects again wants nothing to be connected
  withoutP2p: (p) => p,
  undo: () => [],
  asFound: leavesNothing,
});
