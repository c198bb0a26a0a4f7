// A process of its own that wants a kernel: prints what it got as one line of JSON.
import { ensureKernel } from './ensure-kernel.js';

const { id, cached } = await ensureKernel(process.argv[2]!, {
  extraPatches: [],
  signal: new AbortController().signal,
});
console.log(JSON.stringify({ id, cached }));
