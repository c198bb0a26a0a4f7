import { copyFile, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { DoesNotApply, DoesNotBuild } from '../common/errors.js';
import { sealBundle, type BundleDocument } from './bundle.js';

/** What a patch does to a kernel, so that there is none. */
export type KernelFailure = DoesNotApply | DoesNotBuild;

/** The bundle of a job that has no kernel to run on, in a new folder: what failed, and what git or make said. */
export async function writeNotBuilt(
  dir: string,
  of: Pick<BundleDocument, 'job' | 'harness'>,
  failure: KernelFailure,
): Promise<void> {
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true });
  const { evidence, message } = failure;
  const log = evidence && path.basename(evidence);
  if (evidence && log) await copyFile(evidence, path.join(dir, log));
  const what = failure instanceof DoesNotBuild ? 'builds' : 'applies';
  await sealBundle(dir, { ...of, notBuilt: { what, message, log } }, 'fail');
}

/** That failure again, from the bundle in which it was written down. */
export function failureOf(
  dir: string,
  { what, message, log }: NonNullable<BundleDocument['notBuilt']>,
): KernelFailure {
  const Failure = what === 'builds' ? DoesNotBuild : DoesNotApply;
  const remedy = 'correct the patch';
  return new Failure('scenario', message, { remedy, evidence: log && path.join(dir, path.basename(log)) });
}
