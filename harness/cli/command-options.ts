import { InvalidArgumentError, Option, type Command } from 'commander';
import os from 'node:os';
import { parseSize } from '../common/size.js';
import { defaultKernel } from '../kernel/ensure-kernel.js';
import { optionalEvidence } from '../scenario/scenario.js';
import type { Terminal } from './terminal.js';

/** Adds a command to the program; its action leaves the exit code with `done`. */
export type AddCommand = (program: Command, terminal: Terminal, done: (exitCode: number) => void) => void;

export const kernelOption = () =>
  new Option(
    '--kernel <name|path>',
    `a kernel of \`p2plab kernel list\`, a YAML file, a source tree (TREE@COMMIT: a commit of it), a bzImage or a build folder (default: the scenario's, else ${defaultKernel})`,
  );

export const patchOption = () =>
  repeatable('--patch <file>', 'stack one more patch on the kernel (repeatable)');

export const imageOption = () =>
  new Option('--image <name|path>', 'a guest image of `p2plab image list`, or a YAML file').default('base');

export const accelOption = () =>
  new Option('--accel <which>', 'auto boots a kernel on KVM once to see whether it works')
    .choices(['auto', 'kvm', 'tcg'])
    .default('auto');

export const setOption = (
  flags = '--set <key=value>',
  what = 'one value of a matrix key, or another value of a parameter (repeatable)',
) => new Option(flags, what).argParser(readSetting).default({}, 'none');

export const jobsOption = (jobs = Math.max(1, Math.floor(os.availableParallelism() / 2))) =>
  new Option('--jobs <n>', 'variants at the same time; more when n processors would not be busy')
    .argParser(readCount)
    .default(jobs);

export const withoutOption = () =>
  new Option('--without <evidence...>', 'evidence not to collect; claims that rest on it are not proven then')
    .choices(optionalEvidence)
    .default([], 'none');

/** An option that may be given again. @returns it, with no value as its default */
export const repeatable = (flags: string, description: string) =>
  new Option(flags, description)
    .argParser((value: string, list: string[]) => [...list, value])
    .default([], 'none');

export function readCount(value: string): number {
  if (/^[1-9]\d{0,2}$/.test(value)) return Number(value);
  throw new InvalidArgumentError('want a whole number from 1 to 999.');
}

export function readRetries(value: string): number {
  if (/^\d{1,2}$/.test(value)) return Number(value);
  throw new InvalidArgumentError('want a whole number from 0 to 99.');
}

/** @returns bytes */
export function readSize(text: string): number {
  const bytes = parseSize(text);
  if (bytes !== undefined && bytes > 0) return bytes;
  throw new InvalidArgumentError('want a size like 2G.');
}

function readSetting(value: string, settings: Record<string, string>): Record<string, string> {
  const [, key, text] = /^([\w-]+)=(.*)$/.exec(value) ?? [];
  if (key === undefined || text === undefined) throw new InvalidArgumentError('want key=value.');
  return { ...settings, [key]: text };
}
