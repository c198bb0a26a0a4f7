/** A setup header as Documentation/arch/x86/boot.rst has it, with the version text at 0x3c0: a kernel that needs no building. */
export function bzImage(version: string): Buffer {
  const image = Buffer.alloc(0x1000);
  image.writeUInt16LE(0xaa55, 0x1fe);
  image.write('HdrS', 0x202);
  image.writeUInt16LE(0x3c0 - 0x200, 0x20e);
  image.write(version, 0x3c0);
  return image;
}
