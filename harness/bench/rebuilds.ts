import { execa } from 'execa';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buildEnvironment, makeCommand } from '../kernel/build-environment.js';
import { defaultKernel, ensureKernel, kernelStore } from '../kernel/ensure-kernel.js';
import { findKernel } from '../kernel/find-kernel.js';
import { isBuiltHere, readKernelRecipe } from '../kernel/kernel-recipe.js';
import { lockSourceTree, treeFolder } from '../kernel/source-tree.js';

/** The file that changes; its first lines are the kernel's own in every series. */
const changed = 'drivers/pci/p2pdma.c';
const remark = (n: number) => `/* measured ${n} */`;

const patch = (n: number) => `Subject: [PATCH] PCI/P2PDMA: Measure a rebuild

--- a/${changed}
+++ b/${changed}
@@ -1,3 +1,4 @@
 // SPDX-License-Identifier: GPL-2.0
+${remark(n)}
 /*
  * PCI Peer 2 Peer DMA support.
`;

export type Rebuild = { oursMs: number; makeMs: number };

/**
 * How long the default kernel takes to the finished artifact after one file has changed, and how long a bare `make
 * bzImage` in the same folders after as large a change. The first of both is not counted: it may build what others left.
 * @param folder for the patches
 */
export async function rebuilds(rounds: number, folder: string): Promise<Rebuild[]> {
  const { signal } = new AbortController();
  const measured: Rebuild[] = [];
  for (let n = 0; n <= rounds; n++) {
    const file = path.join(folder, `measure-${n}.patch`);
    await writeFile(file, patch(n));
    const began = performance.now();
    const { id } = await ensureKernel(defaultKernel, { extraPatches: [file], signal });
    const oursMs = performance.now() - began;
    const makeMs = await bareMake(file, n, signal);
    await rm(path.join(kernelStore(), id), { recursive: true, force: true });
    if (n > 0) measured.push({ oursMs, makeMs });
  }
  return measured;
}

async function bareMake(file: string, n: number, signal: AbortSignal): Promise<number> {
  const found = await findKernel(defaultKernel);
  if (!isBuiltHere(found)) throw new Error(`${defaultKernel} is not built here`);
  const recipe = await readKernelRecipe(found, { extraPatches: [file], signal });
  const { treeId } = recipe.source;
  await using _lock = await lockSourceTree(treeId, signal);
  const tree = path.join(treeFolder(treeId), 'tree');
  const source = path.join(tree, changed);
  const text = await readFile(source, 'utf8');
  if (!text.includes(remark(n))) throw new Error(`${source} is without the patch`);
  await writeFile(source, text.replace(remark(n), remark(1000 + n)));
  const objects = path.join(treeFolder(treeId), `obj-${recipe.objectsOf}`);
  const [program, ...args] = makeCommand(tree, objects, recipe.toolchain);
  const began = performance.now();
  await execa(program!, [...args, 'bzImage'], { cwd: tree, env: buildEnvironment(), extendEnv: false });
  return performance.now() - began;
}
