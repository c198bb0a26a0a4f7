import * as z from 'zod';
import { count, deviceId, oneOf } from '../scenario/schema-parts.js';
import { changedCounters, countersScript } from './aer-counters.js';
import { findRootPort } from './find-root-port.js';
import { actionEnd, stepKind, type CommandOutput, type StepCommand } from './step-kind.js';

/** By QEMU's names (hw/pci/pcie_aer.c); severities are the defaults of PCIe 6.0, 7.8.4.4. */
const uncorrectable = { nonfatal: 'COMP_TIME', fatal: 'DLP' } as const;

/** Bits of the Correctable Error Status register (PCIe 6.0, 7.8.4.5), of those that are not masked by default. */
const correctable = {
  receiver: 0x0001,
  'bad-tlp': 0x0040,
  'bad-dllp': 0x0080,
  'replay-rollover': 0x0100,
  'replay-timeout': 0x1000,
} as const;
const names = [...Object.keys(uncorrectable), ...Object.keys(correctable)] as ErrorName[];
type ErrorName = keyof typeof uncorrectable | keyof typeof correctable;

/**
 * Has the port above a device report a PCIe error, as hardware does: a message to the root port and its interrupt. Of
 * an uncorrectable one the kernel recovers what is below the port, a correctable one it only counts and tells of
 * (Documentation/PCI/pcieaer-howto.rst). Uncorrectable ones are QEMU's; its ports send no message of a correctable one
 * before 8.0 (pcie_aer_msg_alldev in hw/pci/pcie_aer.c), so that those are injected into the guest's own view of the port
 * (drivers/pci/pcie/aer_inject.c, CONFIG_PCIEAER_INJECT). The next one is injected when the kernel has counted the last, since an error
 * that is still pending in the port's status register would hide it. The step waits until the drive there works again.
 *
 * Samples: injected (yes, or what QEMU says), counted (what the port's aer_dev_* files in sysfs went up by, `correctable
 * RxErr 3`), messages (what the root port's aer_rootport_* did, `correctable 3`), state (of a drive: `live`).
 */
export const aerInject = stepKind({
  kind: 'aer-inject',
  summary: 'has the port above a device report PCIe errors (AER), which may be correctable',
  parameters: `device, error (${names.join(', ')}), times (1)`,
  records:
    'injected (yes), counted (like correctable RxErr 3), messages (correctable 3), state (live, of a drive)',
  params: z.strictObject({
    device: deviceId('a device'),
    error: oneOf(names),
    times: count({ min: 1, max: 100 }).default(1),
  }),
  references: ({ device }) => [{ path: ['device'], id: device, want: ['nvme', 'ivshmem', 'nic'] }],
  commands: ({ device, error, times }, rig) => {
    const port = rig.portAbove(device);
    const look = `${findRootPort(rig.bdf(device))}\n${countersScript(port.bdf)}`;
    const inject: StepCommand = isCorrectable(error)
      ? { label: error, script: injectScript(port.bdf, correctable[error]) }
      : {
          label: error,
          qmp: {
            execute: 'human-monitor-command',
            arguments: { 'command-line': `pcie_aer_inject_error ${port.id} ${uncorrectable[error]}` },
          },
        };
    const once: StepCommand[] = [inject, { label: 'counted', script: waitScript(look) }];
    return [
      { label: 'counters', script: `${look} >${kept}; cat ${kept}` },
      ...Array.from({ length: times }, () => once).flat(),
      { label: 'state', script: stateScript(rig.bdf(device), isCorrectable(error)) },
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

const isCorrectable = (error: ErrorName): error is keyof typeof correctable => error in correctable;

/** `struct aer_error_inj` of drivers/pci/pcie/aer_inject.c: where, uncorrectable and correctable bits, header, domain. */
function injectScript(bdf: string, bits: number): string {
  const [, bus = '', slot = '', fn = ''] = /^0000:(..):(..)\.(.)$/.exec(bdf) ?? [];
  const bytes = Buffer.alloc(32);
  [bus, slot, fn].forEach((hex, at) => bytes.writeUInt8(parseInt(hex, 16), at));
  bytes.writeUInt32LE(bits, 8);
  const octal = [...bytes].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
  return [
    '[ -c /dev/aer_inject ] || { echo "the kernel has no /dev/aer_inject (PCIEAER_INJECT)" >&2; exit 1; }',
    `printf '${octal}' >/dev/aer_inject`,
  ].join('\n');
}

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
const stateScript = (bdf: string, atOnce: boolean): string =>
  [
    `${atOnce ? '' : 'sleep 1; '}rm -f ${kept}`,
    `state=$(echo /sys/bus/pci/devices/${bdf}/nvme/nvme*/state)`,
    '[ -e "$state" ] || exit 0',
    'n=0; while read -r now <$state && [ "$now" != live ] && [ $n -lt 300 ]; do sleep 0.1; n=$((n + 1)); done',
    'echo "state $now"',
  ].join('\n');
