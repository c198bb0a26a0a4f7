import { z } from 'zod';
import { deviceId, oneOf } from '../scenario/schema-parts.js';
import { actionEnd, stepKind } from './step-kind.js';

/** By QEMU's names (hw/pci/pcie_aer.c); severities are the defaults of PCIe 6.0, 7.8.4.4. */
const errors = { nonfatal: 'COMP_TIME', fatal: 'DLP' } as const;
type ErrorName = keyof typeof errors;

/**
 * Has the port above a device report a PCIe error, as hardware does: a message to the root port and its interrupt. The
 * kernel recovers what is below the port (Documentation/PCI/pcieaer-howto.rst); the step waits until the drive there
 * works again. Samples: injected (yes, or what QEMU says), state (of a drive: `live`).
 */
export const aerInject = stepKind({
  kind: 'aer-inject',
  summary: 'has the port above a device report an uncorrectable PCIe error (AER)',
  parameters: 'device, error (nonfatal, fatal)',
  records: 'injected (yes), state (live, of a drive)',
  params: z.strictObject({
    device: deviceId('a device'),
    error: oneOf(Object.keys(errors) as ErrorName[]),
  }),
  references: ({ device }) => [{ path: ['device'], id: device, want: ['nvme', 'ivshmem', 'nic'] }],
  commands: ({ device, error }, rig) => [
    {
      label: error,
      qmp: {
        execute: 'human-monitor-command',
        arguments: { 'command-line': `pcie_aer_inject_error ${rig.portAbove(device).id} ${errors[error]}` },
      },
    },
    { label: 'state', script: stateScript(rig.bdf(device)) },
  ],
  samples: (_, [injected, seen]) => {
    const answer = String(actionEnd(injected).answer).trim();
    const state = /^state (\S+)$/m.exec(seen?.stdout ?? '')?.[1];
    return [
      { name: 'injected', value: answer.startsWith('OK') ? 'yes' : answer },
      ...(state === undefined ? [] : [{ name: 'state', value: state }]),
    ];
  },
});

/** Recovery begins in the interrupt's thread: a second is for that to happen. */
const stateScript = (bdf: string): string =>
  [
    `sleep 1; state=$(echo /sys/bus/pci/devices/${bdf}/nvme/nvme*/state)`,
    '[ -e "$state" ] || exit 0',
    'n=0; while read -r now <$state && [ "$now" != live ] && [ $n -lt 300 ]; do sleep 0.1; n=$((n + 1)); done',
    'echo "state $now"',
  ].join('\n');
