import { ensureImage } from '../image/ensure-image.js';
import { defaultKernel, ensureKernel } from '../kernel/ensure-kernel.js';

// A program of npm run bench: how long the look-up of a kernel and an image takes that are there, in a process of its own.

const { signal } = new AbortController();
const began = performance.now();
const kernel = await ensureKernel(defaultKernel, { extraPatches: [], signal });
const kernelMs = performance.now() - began;
const image = await ensureImage('base', { signal });
const imageMs = performance.now() - began - kernelMs;
process.stdout.write(JSON.stringify({ kernelMs, imageMs, cached: kernel.cached && image.cached }) + '\n');
