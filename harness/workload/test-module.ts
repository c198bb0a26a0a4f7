import * as z from 'zod';
import { count } from '../scenario/schema-parts.js';
import type { CommandOutput } from './step-kind.js';

/** Debugfs folder of kernels/series/p2pmem-test. */
export const testModule = '/sys/kernel/debug/p2pmem-test';

/**
 * Shell lines that ask the test module and print `answer …`. Question and answer go through one open file, whose
 * answer is its own. What the module calls `bad` is a failure of the step, like an error of its own would be.
 * @param question shell text, may have variables
 */
export function askTestModule(file: string, question: string): string {
  return [
    `[ -e ${testModule}/${file} ] || { echo "this kernel's p2pmem-test has no question ${file}" >&2; exit 1; }`,
    `exec 3<>${testModule}/${file}`,
    `why=$(echo "${question}" 2>&1 >&3) || { echo "p2pmem-test refused ${file} ${question}: \${why##*: }" >&2; exit 1; }`,
    'read -r answer <&3',
    'exec 3>&-',
    'echo "answer $answer"',
    `case $answer in bad*) echo "p2pmem-test found an error of ${file} ${question}: \${answer#bad }" >&2; exit 1 ;; esac`,
  ].join('\n');
}

/** Words of the answer; the first of `ok a 1 b 2` is its outcome, which others do not have. */
export function answerOf(output: CommandOutput | undefined): string[] {
  const line = /^answer (.+)$/m.exec(output?.stdout ?? '')?.[1];
  if (line === undefined) throw new Error('the test module gave no answer');
  return line.trim().split(' ');
}

/** `nents 1 bytes 4096` → a figure by its name. */
export function figuresOf(words: readonly string[]): Record<string, number> {
  const pairs = words.flatMap((word, n) => (n % 2 === 0 ? [[word, Number(words[n + 1])] as const] : []));
  const wrong = pairs.find(([, value]) => !Number.isFinite(value));
  if (wrong) throw new Error(`the test module gave no figure for ${wrong[0]}`);
  return Object.fromEntries(pairs);
}

/** A part of a step's schema: which of the provider's p2pmem devices, in order; the function's whole pool without it. */
export const deviceIndex = z.optional(count({ max: 99 }));

/**
 * Shell lines that set `$target` to what the test module is to allocate from: a PCI function, or one of its p2pmem
 * devices, which are folders in the function's own (kernels/series/p2pmem-device).
 */
export function findTarget(bdf: string, index: number | undefined): string {
  if (index === undefined) return `target=${bdf}`;
  return [
    `target=$(${listDevices(bdf)} | sed -n ${index + 1}p)`,
    `[ -n "$target" ] || { echo "${bdf} has no p2pmem device number ${index}" >&2; exit 1; }`,
    'target=p2pmem$target',
  ].join('\n');
}

/** Shell text that prints N of each p2pmemN below a PCI function, the lowest first: in the order of registration. */
export const listDevices = (bdf: string): string =>
  `ls /sys/bus/pci/devices/${bdf} | sed -n 's/^p2pmem\\([0-9]\\+\\)$/\\1/p' | sort -n`;
