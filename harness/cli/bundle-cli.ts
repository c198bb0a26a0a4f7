import { build, type BuildOptions, type Plugin } from 'esbuild';
import { execa } from 'execa';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { compiledFile } from './load-code.js';
import { commandFile, packageRoot } from '../common/paths.js';

type PackageJson = { optionalDependencies: Record<string, string> };
const { optionalDependencies } = JSON.parse(
  await readFile(path.join(packageRoot, 'package.json'), 'utf8'),
) as PackageJson;

/** What is large and seldom wanted; what is optional may be missing, and may be installed later. */
const external = ['xmlbuilder2', 'cpu-features', ...Object.keys(optionalDependencies)];

/** ssh2 looks for its compiled half beside its own code, from which it is torn away. */
const compiledHalves: Plugin = {
  name: 'compiled halves',
  setup: ({ onResolve }) =>
    onResolve({ filter: /\.node$/ }, ({ path: file, resolveDir }) => {
      const [, inPackage] = path.resolve(resolveDir, file).split(/\/node_modules\/(?!.*\/node_modules\/)/);
      return { path: inPackage!, external: true };
    }),
};

const common = {
  ...{ bundle: true, format: 'cjs', platform: 'node', target: 'node20.19', logLevel: 'warning' },
  // by `require`: code that V8 has compiled before does not know who it is that imports
  supported: { 'dynamic-import': false },
} as const satisfies BuildOptions;
const into = path.dirname(commandFile);

// The command in one file instead of some 700: a third of the processor time that a run needs before it starts QEMU.
const { metafile } = await build({
  ...{ ...common, external, metafile: true, plugins: [compiledHalves] },
  entryPoints: { p2plab: path.join(packageRoot, 'dist/cli/main.js') },
  entryNames: '[name]-[hash]',
  outExtension: { '.js': '.cjs' },
  outdir: into,
  banner: { js: "const codeUrl = require('node:url').pathToFileURL(__filename).href;" },
  define: { 'import.meta.url': 'codeUrl' },
});
const code = path.resolve(Object.keys(metafile.outputs)[0]!);
await build({
  ...common,
  entryPoints: [path.join(packageRoot, 'dist/cli/launch.js')],
  outfile: commandFile,
  define: { bundledCode: JSON.stringify(path.basename(code)) },
});
await chmod(commandFile, 0o755);

const cache = await mkdtemp(path.join(os.tmpdir(), 'p2plab-bundle-'));
try {
  const write = path.join(packageRoot, 'dist/cli/write-compiled.js');
  await execa(process.execPath, [write, code], { env: { XDG_CACHE_HOME: cache }, cwd: cache });
} finally {
  await rm(cache, { recursive: true, force: true });
}

// Last, so that there is always a command that can be started; what runs has loaded all of its own.
const own = [commandFile, code, compiledFile(code)];
for (const name of await readdir(into))
  if (!own.includes(path.join(into, name))) await rm(path.join(into, name), { recursive: true });
