import { HarnessError } from '../common/errors.js';

/**
 * Without these no guest comes up (images/overlay/p2plab/init), whatever is tested: built in, since modules come over SSH.
 */
const bootNeeds: Record<string, string> = {
  SERIAL_8250_CONSOLE: 'the console, which is the kernel log',
  PCI_MSI: 'virtio and NVMe',
  VIRTIO_PCI: 'the root disk and the network',
  VIRTIO_BLK: 'the root disk',
  EROFS_FS: 'the root file system',
  OVERLAY_FS: 'a root that can be written to',
  TMPFS: 'a root that can be written to',
  DEVTMPFS: '/dev',
  PROC_FS: '/proc',
  SYSFS: 'p2pmem and all devices',
  BINFMT_SCRIPT: 'init',
  VIRTIO_NET: 'SSH',
  INET: 'SSH',
  UNIX98_PTYS: 'SSH',
  FW_CFG_SYSFS: 'the keys for SSH',
};

/** Loaded before the first step where they are modules. */
const maybeModules: Record<string, string> = { BLK_DEV_NVME: 'the drives' };

/**
 * Holds a .config of the user's against what a guest boots with: a kernel that cannot boot would look guilty.
 * @param symbols of it; without those that are modules, when these are not there
 * @param config path of the .config
 * @throws HarnessError(scenario) with all that is missing, and what each is needed by
 */
export function checkBootNeeds(symbols: ReadonlyMap<string, string>, config: string): void {
  const missing = [
    ...Object.entries(bootNeeds).filter(([symbol]) => symbols.get(symbol) !== 'y'),
    ...Object.entries(maybeModules).filter(([symbol]) => !symbols.has(symbol)),
  ];
  if (missing.length === 0) return;
  const lines = missing.map(
    ([symbol, what]) => `${config}: CONFIG_${symbol}=y is missing, needed by: ${what}`,
  );
  throw new HarnessError('scenario', lines.join('\n'), {
    remedy:
      'set them and build again (scripts/kconfig/merge_config.sh with kernels/config/guest.config sets all), or give the source tree: p2plab configures and builds it by itself',
  });
}
