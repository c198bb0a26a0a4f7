import { execa } from 'execa';
import { Interrupted } from '../common/errors.js';

/** The GNU build id of an ELF file in lower-case hex; undefined when it has none, or when there is no readelf. */
export async function readBuildId(elf: string, signal: AbortSignal): Promise<string | undefined> {
  const notes = await execa('readelf', ['--notes', '--wide', elf], {
    reject: false,
    env: { LC_ALL: 'C' },
    cancelSignal: signal,
  });
  if (signal.aborted) throw new Interrupted();
  return /\bBuild ID: ([0-9a-f]+)/.exec(notes.stdout ?? '')?.[1];
}
