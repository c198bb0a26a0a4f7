import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** A folder for `make O=`, in use until it is disposed of. */
export type ObjectFolder = AsyncDisposable & {
  dir: string;
  /** Nothing is in it, so everything will be compiled. */
  isNew: boolean;
  /** Says that make was killed in it. */
  spoil: () => void;
};

/**
 * Opens an object folder and marks it as in use. A make that is killed can leave an object that is cut off, newer
 * than its source, and with the command line of an earlier build beside it: nothing would ever compile it again. So
 * the mark stays unless make has ended by itself, and a folder that still has it is thrown away.
 */
export async function openObjectFolder(dir: string): Promise<ObjectFolder> {
  const mark = path.join(dir, '.p2plab-in-use');
  if (await exists(mark)) await rm(dir, { recursive: true, force: true });
  const isNew = !(await exists(dir));
  await mkdir(dir, { recursive: true });
  await writeFile(mark, '');
  let spoiled = false;
  return {
    dir,
    isNew,
    spoil: () => (spoiled = true),
    [Symbol.asyncDispose]: async () => (spoiled ? undefined : rm(mark, { force: true })),
  };
}

const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );
