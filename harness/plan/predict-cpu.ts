/** What /proc/cpuinfo says of a CPU, as far as the kernel's peer-to-peer rule looks at it. */
export type CpuIdentity = { vendor: string; family: number };

/** Versions and variants of a model (`-v2`, `-IBRS`, `-noTSX`) are of its family. */
const variant = '(?:-v\\d+|-IBRS|-IBPB|-noTSX|-noTSX-IBRS)?';
const models = (names: string) => new RegExp(`^(?:${names})${variant}$`);

/**
 * Vendor and family of QEMU's CPU models under TCG, asked of QEMU 7.2.22 with query-cpu-model-expansion; later models
 * are read in target/i386/cpu.c of QEMU 9.2. `base` and what is not here is not known.
 */
const table: { names: RegExp; cpu: CpuIdentity }[] = [
  { names: models('EPYC|EPYC-Rome'), cpu: { vendor: 'AuthenticAMD', family: 0x17 } },
  { names: models('EPYC-Milan|EPYC-Genoa'), cpu: { vendor: 'AuthenticAMD', family: 0x19 } },
  { names: models('EPYC-Turin'), cpu: { vendor: 'AuthenticAMD', family: 0x1a } },
  { names: models('Dhyana'), cpu: { vendor: 'HygonGenuine', family: 0x18 } },
  { names: models('max|qemu64|Opteron_G[12]'), cpu: { vendor: 'AuthenticAMD', family: 0xf } },
  { names: models('phenom|Opteron_G3'), cpu: { vendor: 'AuthenticAMD', family: 0x10 } },
  { names: models('Opteron_G[45]'), cpu: { vendor: 'AuthenticAMD', family: 0x15 } },
  { names: models('kvm64'), cpu: { vendor: 'GenuineIntel', family: 0xf } },
  {
    names: models(
      'Conroe|Penryn|Nehalem|Westmere|SandyBridge|IvyBridge|Haswell|Broadwell|Skylake-Client|Skylake-Server|' +
        'Cascadelake-Server|Cooperlake|Icelake-Server|SapphireRapids|GraniteRapids|SierraForest|Snowridge|' +
        'Denverton|KnightsMill|core2duo',
    ),
    cpu: { vendor: 'GenuineIntel', family: 6 },
  },
];

/**
 * The CPU that a guest sees for QEMU's `-cpu` value, or undefined when that is not known here. Under KVM the vendor is
 * the host's whatever the model says (target/i386/cpu.c, x86_cpu_load_model), unless `vendor=` is given too.
 */
export function cpuOfModel(cpu: string, accelerator: 'tcg' | 'kvm' = 'tcg'): CpuIdentity | undefined {
  const [model = '', ...settings] = cpu.split(',');
  const setting = (key: string) => settings.findLast((s) => s.startsWith(`${key}=`))?.slice(key.length + 1);
  const known = table.find(({ names }) => names.test(model))?.cpu;
  const vendor = setting('vendor') ?? (accelerator === 'tcg' ? known?.vendor : undefined);
  const family = setting('family') === undefined ? known?.family : Number(setting('family'));
  return vendor === undefined || family === undefined ? undefined : { vendor, family };
}

/** `AuthenticAMD family 0x17` */
export const cpuText = ({ vendor, family }: CpuIdentity): string =>
  `${vendor} family 0x${family.toString(16)}`;
