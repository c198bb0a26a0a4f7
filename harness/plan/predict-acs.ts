import { iommuOf, type IommuModel } from '../scenario/scenario.js';
import type { PlacedBridge } from './place-devices.js';

/** ReqRedir, CmpltRedir and EgressCtrl: what the kernel takes for redirection (pci_bridge_has_acs_redir). */
export const acsRedirectBits = 0x04 | 0x08 | 0x20;

/** Of QEMU's ports only pcie-root-port has ACS (seen in QEMU 7.2: the x3130 switch's ports have none). */
const hasAcs = ({ model }: PlacedBridge) => model === 'pcie-root-port';

/** Whether the kernel may leave its IOMMU alone: `iommu=off`, `intel_iommu=off`, `acpi=off`. */
export const turnsIommuOff = (append: readonly string[]): boolean =>
  append.some((words) => /(?:^|\s)(?:iommu|intel_iommu|acpi)=(?:\S*,)?off/.test(words));

type AcsInputs = {
  bridges: readonly PlacedBridge[];
  /** More words of the kernel's command line. */
  append: readonly string[];
  iommu?: IommuModel;
};

/**
 * Ids of the bridges in which the kernel sets ACS redirection while it boots, or undefined when the command line asks
 * for something that is not understood here. As in drivers/pci/pci.c of 6.12, pci_enable_acs(): without an IOMMU the
 * bits stay as the firmware left them, which is off. Where the firmware's tables tell of an IOMMU the kernel enables ACS
 * in every bridge that has it (pci_request_acs, called by detect_intel_iommu of drivers/iommu/intel/dmar.c and by
 * acpi_viot_early_init of drivers/acpi/viot.c). `pci=config_acs=` and `pci=disable_acs_redir=` come last.
 */
export function acsRedirects({ bridges, append, iommu }: AcsInputs): ReadonlySet<string> | undefined {
  const present = iommuOf({ iommu }) !== undefined;
  if (present && turnsIommuOff(append)) return undefined;
  const capable = bridges.filter(hasAcs);
  const redirecting = new Set(present ? capable.map(({ id }) => id) : []);
  for (const [key, value] of acsParameters(append)) {
    for (const entry of value.split(';')) {
      const parsed = key === 'config_acs' ? parseConfig(entry) : { bdf: fullBdf(entry), bits: 0 };
      if (parsed?.bdf === undefined) return undefined;
      const bridge = capable.find(({ bdf }) => bdf === parsed.bdf);
      if (!bridge || parsed.bits === undefined) continue;
      if (parsed.bits === 0) redirecting.delete(bridge.id);
      else redirecting.add(bridge.id);
    }
  }
  return redirecting;
}

/** Options of `pci=` are separated by commas (pci_setup). */
function acsParameters(append: readonly string[]): [string, string][] {
  const words = append.flatMap((line) => line.split(/\s+/)).filter((word) => word.startsWith('pci='));
  return words
    .flatMap((word) => word.slice('pci='.length).split(','))
    .flatMap((option) => {
      const [, key, value] = /^(config_acs|disable_acs_redir)=(.*)$/.exec(option) ?? [];
      return key === undefined || value === undefined ? [] : [[key, value] as [string, string]];
    });
}

/** `xx011xx@0000:00:04.0`: bit 0 is the last digit, x leaves a bit; undefined bits leave the redirection alone. */
function parseConfig(entry: string): { bdf: string | undefined; bits: number | undefined } | undefined {
  const [, digits = '', device = ''] = /^([01xX]+)@(.*)$/.exec(entry) ?? [];
  if (digits === '') return undefined;
  const redirection = [...digits]
    .reverse()
    .filter((digit, bit) => acsRedirectBits & (1 << bit) && /[01]/.test(digit));
  const bits = redirection.length === 0 ? undefined : redirection.filter((digit) => digit === '1').length;
  return { bdf: fullBdf(device), bits };
}

/** Other ways to name a device (`pci:vendor:device`, a path) are not understood. */
function fullBdf(device: string): string | undefined {
  const [, domain = '0000', rest] = /^([0-9a-f]{4}:)?([0-9a-f]{2}:[0-9a-f]{2}\.[0-7])$/.exec(device) ?? [];
  return rest === undefined ? undefined : `${domain.replace(':', '')}:${rest}`;
}
