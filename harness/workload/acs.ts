import * as z from 'zod';
import { deviceId, list, oneOf } from '../scenario/schema-parts.js';
import { findRootPort } from './find-root-port.js';
import { stepKind } from './step-kind.js';

/** Bits of the ACS Control register (PCIe 6.0, 7.7.11.3) that QEMU's root ports have, from bit 0 on. */
const bits = { SV: 0x01, TB: 0x02, RR: 0x04, CR: 0x08, UF: 0x10, DT: 0x40 } as const;
type Bit = keyof typeof bits;

const params = z.strictObject({
  above: deviceId('a device'),
  control: list(oneOf([...(Object.keys(bits) as Bit[]), 'none'])).refine(
    (names) => names.length === 1 || !names.includes('none'),
    'none alone, or bits',
  ),
});

/** `ECAP_ACS` is setpci's name of the capability; the register is at +6. */
const register = 'ECAP_ACS+6.w';

/** Where the value is kept that the kernel left there. */
const kept = '/run/p2plab-acs-$port';

/**
 * Writes the ACS Control register of the root port above a device: the bits that are named are on, all others off.
 * Requests (RR) or completions (CR) that are redirected go up to the host bridge. The kernel notices when it decides on
 * a path anew: when it is asked for a distance, or after the provider's driver was unbound and bound.
 * Samples: before and after, `SV RR CR UF` or `none`.
 */
export const acs = stepKind({
  kind: 'acs',
  summary: 'writes the ACS control bits of the root port above a device',
  parameters: 'above (a device), control (SV, TB, RR, CR, UF, DT, one or a list; or none)',
  records: 'before, after (like SV RR CR UF, or none)',
  params,
  references: ({ above }) => [{ path: ['above'], id: above, want: ['nvme', 'ivshmem', 'nic'] }],
  commands: ({ above, control }, rig) => {
    const value = control.reduce((sum, bit) => sum | (bit === 'none' ? 0 : bits[bit]), 0);
    const lines = [
      'set -e',
      findRootPort(rig.bdf(above)),
      `old=$(setpci -s $port ${register}); [ -e ${kept} ] || echo $old >${kept}`,
      `setpci -s $port ${register}=${value.toString(16)}`,
      `echo "acs $old $(setpci -s $port ${register})"`,
    ];
    return [{ label: 'setpci', script: lines.join('\n') }];
  },
  undo: ({ above }, rig) => [
    {
      label: 'setpci',
      script: `${findRootPort(rig.bdf(above))}\n[ ! -e ${kept} ] || setpci -s $port ${register}=$(cat ${kept})`,
    },
  ],
  samples: (_, [output]) => {
    const [, before, after] = /^acs ([0-9a-f]{4}) ([0-9a-f]{4})$/m.exec(output?.stdout ?? '') ?? [];
    if (before === undefined || after === undefined)
      throw new Error('setpci did not show the ACS control bits');
    return [
      { name: 'before', value: inWords(before) },
      { name: 'after', value: inWords(after) },
    ];
  },
});

function inWords(hex: string): string {
  const on = Object.entries(bits).filter(([, bit]) => parseInt(hex, 16) & bit);
  return on.map(([name]) => name).join(' ') || 'none';
}
