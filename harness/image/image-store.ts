import path from 'node:path';
import { cacheDir } from '../common/paths.js';

/** CACHE/images: one folder per built image, by content id. */
export const imageStore = (): string => path.join(cacheDir(), 'images');

export const rootfsFile = 'root.erofs';
