import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The package's own folder: where scenarios/, kernels/ and images/ are, in a clone and in an installed package. */
export const packageRoot = fileURLToPath(new URL('../..', import.meta.url));

/** The command line, as it is installed. */
export const commandFile = path.join(packageRoot, 'dist/bundle/main.cjs');

/** Built kernels and images, work trees and probe answers (XDG Base Directory Specification 0.8). */
export function cacheDir(env: NodeJS.ProcessEnv = process.env): string {
  return path.join(env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'p2plab');
}

/** What is remembered of earlier runs on this host: losing it costs nothing but estimates. */
export function stateDir(env: NodeJS.ProcessEnv = process.env): string {
  return path.join(env.XDG_STATE_HOME || path.join(homedir(), '.local/state'), 'p2plab');
}
