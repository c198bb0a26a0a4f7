import * as z from 'zod';
import { count, deviceId, oneOf } from '../scenario/schema-parts.js';
import { changedCounters, countersScript } from './aer-counters.js';
import { findRootPort } from './find-root-port.js';
import { actionEnd, stepKind, type CommandOutput, type StepCommand } from './step-kind.js';

/** By QEMU's names (hw/pci/pcie_aer.c); severities are the defaults of PCIe 6.0, 7.8.4.4. */
const errors = { nonfatal: 'COMP_TIME', fatal: 'DLP' } as const;
type ErrorName = keyof typeof errors;

/**
 * Has the port above a device report a PCIe error, as hardware does: a message to the root port and its interrupt. The
 * kernel recovers what is below the port (Documentation/PCI/pcieaer-howto.rst). The next one is injected when it has
 * counted the last, since an error that is still pending in the port's status register would hide it; the step waits
 * until the drive there works again. Only uncorrectable ones: QEMU's ports send no message of a correctable error before
 * 8.0 (pcie_aer_msg_alldev in hw/pci/pcie_aer.c).
 *
 * Samples: injected (yes, or what QEMU says), counted (what the port's aer_dev_* files in sysfs went up by, `fatal DLP
 * 1`), messages (what the root port's aer_rootport_* did, `fatal 1`), state (of a drive: `live`).
 */
export const aerInject = stepKind({
  kind: 'aer-inject',
  summary: 'has the port above a device report an uncorrectable PCIe error (AER)',
  parameters: 'device, error (nonfatal, fatal), times (1)',
  records: 'injected (yes), counted (like fatal DLP 1), messages (fatal 1), state (live, of a drive)',
  params: z.strictObject({
    device: deviceId('a device'),
    error: oneOf(Object.keys(errors) as ErrorName[]),
    times: count({ min: 1, max: 100 }).default(1),
  }),
  references: ({ device }) => [{ path: ['device'], id: device, want: ['nvme', 'ivshmem', 'nic'] }],
  commands: ({ device, error, times }, rig) => {
    const port = rig.portAbove(device);
    const look = `${findRootPort(rig.bdf(device))}\n${countersScript(port.bdf)}`;
    const once: StepCommand[] = [
      {
        label: error,
        qmp: {
          execute: 'human-monitor-command',
          arguments: { 'command-line': `pcie_aer_inject_error ${port.id} ${errors[error]}` },
        },
      },
      { label: 'counted', script: waitScript(look) },
    ];
    return [
      { label: 'counters', script: `${look} >${kept}; cat ${kept}` },
      ...Array.from({ length: times }, () => once).flat(),
      { label: 'state', script: stateScript(rig.bdf(device)) },
    ];
  },
  samples: (_, outputs) => {
    const [before, ...rest] = outputs;
    const [after, seen] = rest.slice(-2);
    const answers = rest.filter(({ stdout }) => stdout.startsWith('{')).map(answerOf);
    const refused = answers.find((answer) => !answer.startsWith('OK'));
    const state = /^state (\S+)$/m.exec(seen?.stdout ?? '')?.[1];
    return [
      { name: 'injected', value: refused ?? 'yes' },
      ...changedCounters(before?.stdout ?? '', after?.stdout ?? ''),
      ...(state === undefined ? [] : [{ name: 'state', value: state }]),
    ];
  },
});

/** The last counters that were looked at: each error has to change them. */
const kept = '/run/p2plab-aer';

const answerOf = (output: CommandOutput): string => String(actionEnd(output).answer).trim();

/**
 * The root port's counter moves first (aer_isr_one_error in drivers/pci/pcie/aer.c), so it is the other's that is waited
 * for. One that is not counted within 3 s shows in the samples.
 */
const waitScript = (look: string): string =>
  [
    `look() {\n${look}\n}`,
    `n=0; was=$(grep ^counted ${kept})`,
    'while [ "$(look | grep ^counted)" = "$was" ] && [ $n -lt 30 ]; do sleep 0.1; n=$((n + 1)); done',
    `sleep 0.05; look >${kept}; cat ${kept}`,
  ].join('\n');

/** Recovery begins in the interrupt's thread: a second is for that to happen. */
const stateScript = (bdf: string): string =>
  [
    `sleep 1; rm -f ${kept}`,
    `state=$(echo /sys/bus/pci/devices/${bdf}/nvme/nvme*/state)`,
    '[ -e "$state" ] || exit 0',
    'n=0; while read -r now <$state && [ "$now" != live ] && [ $n -lt 300 ]; do sleep 0.1; n=$((n + 1)); done',
    'echo "state $now"',
  ].join('\n');
