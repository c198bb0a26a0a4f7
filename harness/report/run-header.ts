import { createRequire } from 'node:module';
import type { HostDescription } from '../host/describe-host.js';
import type { Image } from '../image/image.js';
import type { Kernel } from '../kernel/kernel.js';
import type { RunDocument } from './run-document.js';

export const harnessVersion = (createRequire(import.meta.url)('../../package.json') as { version: string })
  .version;

/** What run.json says before its results. */
export function runHeader(
  id: string,
  host: HostDescription,
  { kernels, image }: { kernels: readonly Kernel[]; image: Image },
): Omit<RunDocument, 'results'> {
  return {
    schema: 'p2plab.run/1',
    id,
    harness: { version: harnessVersion },
    startedAt: new Date().toISOString(),
    endedAt: null,
    state: 'running',
    host,
    kernels: kernels.map((kernel) => ({
      name: kernel.name,
      release: kernel.release,
      id: kernel.id,
      buildId: kernel.buildId ?? null,
      source: kernel.source ?? null,
      series: kernel.series,
    })),
    image: { name: image.name, id: image.id },
  };
}
