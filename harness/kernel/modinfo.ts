/** What a module file says of itself in its section .modinfo. */
export type Modinfo = {
  /** Names of the modules whose symbols it uses. */
  depends: string[];
  /** By which the kernel asks for it: `pci:v00001AF4d00001110sv*…`, `nvmet-transport-1`. */
  aliases: string[];
};

/** As the kernel calls a module, whose file may have dashes: `nvmet_rdma`. */
export const moduleName = (name: string): string => name.replaceAll('-', '_');

/**
 * Reads .modinfo of a module for x86-64: an ELF section of `key=value` strings (include/linux/moduleparam.h).
 * @param ko the whole file
 * @throws Error when it is none
 */
export function readModinfo(ko: Buffer): Modinfo {
  const values = modinfoSection(ko)
    .toString('latin1')
    .split('\0')
    .map((entry) => entry.split(/=(.*)/s, 2) as [string, string | undefined]);
  const all = (key: string) => values.flatMap(([k, value]) => (k === key && value ? [value] : []));
  return {
    depends: all('depends').flatMap((names) => names.split(',').map(moduleName)),
    aliases: all('alias'),
  };
}

const elf64 = Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1]); // little-endian
const sectionHeader = { name: 0, offset: 24, size: 32 };

/** elf(5): the headers of the sections, one of which holds their names. */
function modinfoSection(ko: Buffer): Buffer {
  if (!ko.subarray(0, elf64.length).equals(elf64)) throw new Error('no ELF file for x86-64');
  const headersAt = Number(ko.readBigUInt64LE(40));
  const [entryBytes, count, namesIndex] = [58, 60, 62].map((at) => ko.readUInt16LE(at)) as [
    number,
    number,
    number,
  ];
  const header = (index: number) => headersAt + index * entryBytes;
  const contentOf = (index: number) => {
    const at = header(index);
    const offset = Number(ko.readBigUInt64LE(at + sectionHeader.offset));
    return ko.subarray(offset, offset + Number(ko.readBigUInt64LE(at + sectionHeader.size)));
  };
  const names = contentOf(namesIndex);
  for (let index = 0; index < count; index++) {
    const nameAt = ko.readUInt32LE(header(index) + sectionHeader.name);
    if (names.toString('latin1', nameAt, nameAt + 9) === '.modinfo\0') return contentOf(index);
  }
  throw new Error('it has no section .modinfo');
}
