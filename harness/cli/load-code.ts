import { readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import path from 'node:path';
import { Script } from 'node:vm';

/** Beside the code: what V8 made of it. */
export const compiledFile = (file: string): string => `${file}.compiled`;

type Code<E> = { exports: E; script: Script };

/**
 * Runs a file of CommonJS as `require` does, with what V8 made of it when it was built: to compile it takes longer than
 * all else that is done before QEMU starts. Another V8 refuses that, and compiles it.
 * @param file its path, with a hash of its content in the name: V8 does not look whether the two belong together
 */
export function loadCode<E>(file: string): Code<E> {
  const source = Module.wrap(readFileSync(file, 'latin1')); // the bundler escapes all that is not ASCII
  const script = new Script(source, {
    filename: file,
    cachedData: readIfThere(compiledFile(file)),
  });
  const module = { exports: {} as E };
  const run = script.runInThisContext() as (...given: unknown[]) => void;
  run(module.exports, createRequire(file), module, file, path.dirname(file));
  return { exports: module.exports, script };
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}
