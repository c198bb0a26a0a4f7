// Lines of QEMU's trace from which the DMA ledger is made: trace-events of hw/nvme, hw/i386 and hw/virtio, QEMU 7.2

/** From one thread, in this order: a command, then each address that its data is mapped to (hw/nvme/ctrl.c). */
export const commandLine =
  /^pci_nvme_(read|write) cid (\d+) (?:opname '[^']*' )?nsid (\d+) nlb \d+ count (\d+) lba/;
export const addressLine = /^pci_nvme_map_addr addr (0x[0-9a-f]+) len (\d+)/;

/** Right behind an addressLine: the controller took the address for its own memory, so nothing translates it. */
export const ownMemoryLine = /^pci_nvme_map_addr_cmb addr (0x[0-9a-f]+) len \d+/;
/** Of every I/O command, right before its commandLine if it has one; tells the queue. */
export const ioCommandLine = /^pci_nvme_io_cmd cid (\d+) nsid (0x[0-9a-f]+) sqid (\d+)/;
/** Linux gives a submission queue and its completion queue one number (nvme_create_queue, 6.12). */
export const completionLine = /^pci_nvme_enqueue_req_completion cid (\d+) cqid (\d+)/;

/** A read of PCI config space by the guest (hw/pci). */
export const isConfigRead = (line: string): boolean => line.startsWith('pci_cfg_read ');

/** The guest's other accesses to devices; traced for benchmarks only. */
export const accessNames = ['configWrites', 'mmioReads', 'mmioWrites'] as const;
export type AccessName = (typeof accessNames)[number];
const accessEvents: [string, AccessName][] = [
  ['pci_nvme_mmio_write ', 'mmioWrites'],
  ['pci_nvme_mmio_read ', 'mmioReads'],
  ['pci_cfg_write ', 'configWrites'],
];

/** Undefined: another line. */
export const accessOf = (line: string): AccessName | undefined =>
  accessEvents.find(([event]) => line.startsWith(event))?.[1];

/** With `-msg timestamp=on` a line begins with the process and seconds since 1970 (scripts/tracetool/backend/log.py, 7.2). */
const stamp = /^\d+@(\d+\.\d+):/;

/** A line without its time, and the time in ms, when it has one. */
export function unstamped(line: string): { line: string; atMs?: number } {
  const [prefix, seconds] = stamp.exec(line) ?? [];
  if (prefix === undefined) return { line };
  return { line: line.slice(prefix.length), atMs: Number(seconds) * 1000 };
}

/** A page of a device's addresses, and where an IOMMU led the access. */
export type Translation = {
  /** PCI requester id: bus, slot and function in 16 bits. */
  requester: number;
  /** First address of the page, and what it became. */
  iova: number;
  physical: number;
  bytes: number;
};

const intelLine =
  /^vtd_dmar_translate dev ([0-9a-f]+):([0-9a-f]+)\.([0-9a-f]+) iova (0x[0-9a-f]+) -> gpa (0x[0-9a-f]+) mask (0x[0-9a-f]+)/;
const virtioLine = /^virtio_iommu_translate_out (0x[0-9a-f]+) -> (0x[0-9a-f]+) for sid=(\d+)/;
/** The IOMMU refused an access. Not traced once the guest has left virtio-iommu no more room for such news. */
const intelFaultLine = /^vtd_dmar_fault sid (0x[0-9a-f]+) fault \d+ addr (0x[0-9a-f]+)/;
const virtioFaultLine =
  /^virtio_iommu_report_fault FAULT reason=\d+ flags=\d+ endpoint=(\d+) address =(0x[0-9a-f]+)/;

/** The smallest page of either IOMMU; virtio-iommu does not tell how large its mapping is. */
export const pageBytes = 4096;

/** Translations and faults: nearly all lines of a machine with an IOMMU, so it has to be quick: all others begin with `pci`. */
export const isTranslation = (line: string): boolean => line.startsWith('v');

/**
 * The same for translations of one page of one device that lead to the same place, and quicker than readTranslation():
 * of virtio-iommu's line all but the address in the page, which is three digits twice.
 */
export function pageOf(line: string): string {
  if (!line.startsWith('virtio_iommu_translate_out')) return line;
  const arrow = line.indexOf(' -> ');
  const end = line.indexOf(' for sid=');
  return line.slice(0, arrow - 3) + line.slice(arrow, end - 3) + line.slice(end);
}

/** Undefined: another line, or numbers too large to be told exactly. */
export function readTranslation(line: string): Translation | undefined {
  const translation = readIntel(line) ?? readVirtio(line);
  if (!translation) return undefined;
  const { iova, physical, bytes } = translation;
  return Number.isSafeInteger(iova + bytes) && Number.isSafeInteger(physical + bytes)
    ? translation
    : undefined;
}

/** Undefined: another line. */
export function readFault(line: string): { requester: number; address: number } | undefined {
  const [, requester, address] = intelFaultLine.exec(line) ?? virtioFaultLine.exec(line) ?? [];
  return address === undefined ? undefined : { requester: Number(requester), address: Number(address) };
}

/** Tells the page, with the mask of the page table's level that has it. */
function readIntel(line: string): Translation | undefined {
  const [, bus, slot, fn, iova, physical, mask] = intelLine.exec(line) ?? [];
  if (mask === undefined) return undefined;
  const requester = requesterId({
    bus: parseInt(bus!, 16),
    slot: parseInt(slot!, 16),
    fn: parseInt(fn!, 16),
  });
  return { requester, iova: Number(iova), physical: Number(physical), bytes: Number(mask) + 1 };
}

/** Tells the very address. */
function readVirtio(line: string): Translation | undefined {
  const [, address, physical, sid] = virtioLine.exec(line) ?? [];
  if (sid === undefined) return undefined;
  const inPage = Number(address) % pageBytes;
  if (Number(physical) % pageBytes !== inPage) return undefined;
  const page = { iova: Number(address) - inPage, physical: Number(physical) - inPage };
  return { requester: Number(sid), ...page, bytes: pageBytes };
}

export const requesterId = ({ bus, slot, fn }: { bus: number; slot: number; fn: number }): number =>
  (bus << 8) | (slot << 3) | fn;
