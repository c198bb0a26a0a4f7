import { randomBytes } from 'node:crypto';
import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { HarnessError } from '../common/errors.js';

/** A run's name: when it began, and something by which two that began together differ. */
export const makeRunId = (): string =>
  `${new Date().toISOString().replaceAll(/[:.]/g, '').slice(0, 17)}Z-${randomBytes(2).toString('hex')}`;

/**
 * Makes the folder of a run: the one that was asked for, or a new one below p2plab-runs/.
 * @throws HarnessError(scenario) when there is something in it
 */
export async function makeRunDir(
  out: string | undefined,
  id = makeRunId(),
): Promise<{ id: string; dir: string }> {
  const dir = path.resolve(out ?? path.join('p2plab-runs', id));
  await mkdir(dir, { recursive: true });
  if ((await readdir(dir)).length === 0) return { id, dir };
  throw new HarnessError('scenario', `--out ${dir} is not empty`, {
    remedy: 'name a folder that is new or empty',
  });
}
