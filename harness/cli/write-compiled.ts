import { packageRoot } from '../common/paths.js';
import { loadCode, writeCompiled } from './load-code.js';

// Part of the build: keeps what V8 makes of the bundle named on the command line, with all that a run needs before QEMU
// starts. It has to be run for that, which changes nothing: the run ends at a folder that is not empty.

const [, , file] = process.argv as [string, string, string];
const { exports, script } = loadCode<typeof import('./main.js')>(file);
await exports.main(['run', 'p2pmem-allocate', '--out', packageRoot]);
await exports.main(['plan', 'p2pmem-allocate']);
await exports.loadSsh();
writeCompiled(file, script);
process.exitCode = 0;
