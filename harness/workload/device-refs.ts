import * as z from 'zod';
import { deviceId } from '../scenario/schema-parts.js';
import { leavesNothing, stepKind } from './step-kind.js';
import { answerOf, askTestModule, figuresOf } from './test-module.js';

/** Counts the references to a PCI device. Sample: references; it means something only beside an earlier one. */
export const deviceRefs = stepKind({
  kind: 'device-refs',
  summary: 'counts the references to a PCI device in the kernel',
  parameters: 'device',
  records: 'references',
  params: z.strictObject({ device: deviceId('a device') }),
  references: ({ device }) => [{ path: ['device'], id: device, want: ['nvme', 'ivshmem', 'nic'] }],
  commands: ({ device }, rig) => [{ label: 'refs', script: askTestModule('refs', rig.bdf(device)) }],
  samples: (_, [output]) => {
    return [{ name: 'references', value: figuresOf(answerOf(output)).device ?? NaN }];
  },
  asFound: leavesNothing,
});
