import { build } from 'esbuild';
import { chmod, readFile } from 'node:fs/promises';
import path from 'node:path';
import { commandFile, packageRoot } from './common/paths.js';

type PackageJson = { optionalDependencies: Record<string, string> };
const { optionalDependencies } = JSON.parse(
  await readFile(path.join(packageRoot, 'package.json'), 'utf8'),
) as PackageJson;

/**
 * ssh2 finds its compiled half beside itself. CommonJS that is imported when it is wanted has no named exports in a bundle.
 * What is optional may be missing, and may be installed later.
 */
const external = ['ssh2', 'xmlbuilder2', ...Object.keys(optionalDependencies)];

/** CommonJS packages in an ES module want their `require`, for what Node brings. */
const js =
  "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);";

// The command in few files instead of some 700: a third of the processor time that a run needs before it starts QEMU.
// Files of an earlier build stay: a run that goes on may not have loaded all of its own yet.
await build({
  entryPoints: [path.join(packageRoot, 'dist/cli/main.js')],
  outdir: path.dirname(commandFile),
  ...{ bundle: true, splitting: true, format: 'esm', platform: 'node', target: 'node20.19' },
  ...{ external, banner: { js }, logLevel: 'warning' },
});
await chmod(commandFile, 0o755);
