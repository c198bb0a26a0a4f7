import path from 'node:path';
import { vmFiles } from '../plan/qemu-argv.js';
import { readKernelLog, type KernelLog } from './kernel-log.js';
import { symbolise, type Symbols } from './symbolise.js';

/**
 * What a machine's console tells of, with file and line where this kernel's symbols give them.
 * @param dir the machine's folder: the symbolised traces are written there
 */
export async function collectKernelLog(dir: string, symbols: Symbols): Promise<KernelLog> {
  const reader = await readKernelLog(path.join(dir, vmFiles.console));
  const { findings, more, uncounted, clockDoubt } = reader;
  const splats = findings.map((finding) => ({ finding, lines: reader.linesOf(finding) }));
  await symbolise(splats, symbols, dir);
  return { findings, more, uncounted: uncounted.length > 0 ? uncounted : undefined, clockDoubt };
}
