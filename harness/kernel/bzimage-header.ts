import { open } from 'node:fs/promises';

/**
 * The release (`uname -r`) in a bzImage's setup header, or undefined when the file is no bzImage: 0xaa55 at 0x1fe,
 * 'HdrS' at 0x202, and at 0x20e the offset of the version text less 0x200 (Documentation/arch/x86/boot.rst).
 */
export async function bzImageRelease(file: string): Promise<string | undefined> {
  await using handle = await open(file, 'r');
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(0x10000), 0, 0x10000, 0);
  if (bytesRead < 0x210) return undefined;
  if (buffer.readUInt16LE(0x1fe) !== 0xaa55 || buffer.toString('latin1', 0x202, 0x206) !== 'HdrS')
    return undefined;
  const start = buffer.readUInt16LE(0x20e) + 0x200;
  const end = buffer.indexOf(0, start);
  return end > start ? buffer.toString('latin1', start, end).split(' ')[0] : undefined;
}
