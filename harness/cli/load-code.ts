import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import path from 'node:path';
import { Script } from 'node:vm';
import { crc32 } from 'node:zlib';

/** Beside the code: what V8 made of it. */
export const compiledFile = (file: string): string => `${file}.compiled`;

type Code<E> = { exports: E; script: Script };

/**
 * Runs a file of CommonJS as `require` does, with what V8 made of it when it was built: to compile it took a third
 * of the processor time until QEMU starts. Another V8 refuses that, and compiles it.
 * @param file its path, with a hash of its content in the name: V8 does not look whether the two belong together
 */
export function loadCode<E>(file: string): Code<E> {
  const source = Module.wrap(readFileSync(file, 'latin1')); // the bundler escapes all that is not ASCII
  const script = new Script(source, {
    filename: file,
    cachedData: readCompiled(file),
  });
  const module = { exports: {} as E };
  const run = script.runInThisContext() as (...given: unknown[]) => void;
  run(module.exports, createRequire(file), module, file, path.dirname(file));
  return { exports: module.exports, script };
}

/** Before what V8 made: a CRC-32 of it, since V8 would crash on what is damaged. */
const headBytes = 8;

/** Keeps what V8 has made of code by now: of all that ran. */
export function writeCompiled(file: string, script: Script): void {
  const made = script.createCachedData();
  const head = Buffer.alloc(headBytes);
  head.writeUInt32LE(crc32(made));
  const half = `${compiledFile(file)}.half-made`;
  writeFileSync(half, Buffer.concat([head, made]));
  renameSync(half, compiledFile(file));
}

/** Undefined when there is none, or it is not as it was written. */
export function readCompiled(file: string): Buffer | undefined {
  try {
    const whole = readFileSync(compiledFile(file));
    const made = whole.subarray(headBytes);
    return whole.readUInt32LE() === crc32(made) ? made : undefined;
  } catch {
    return undefined;
  }
}
