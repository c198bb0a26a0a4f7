import { pageBytes } from './p2pmem-map.js';
import type { Sample } from './step-kind.js';
import { answerOf } from './test-module.js';

/** Bits 0 to 54 of an entry of /proc/PID/pagemap are the frame number (Documentation/admin-guide/mm/pagemap.rst). */
const frameMask = (1n << 55n) - 1n;
/** The low four bits of a memory BAR are flags (PCI 3.0, 6.2.5.1). */
const barFlags = 0xfn;

/**
 * Samples of a lookup's output. `provider` is an id of the scenario, an address, or `none`, and then there are no
 * others. In bytes: `rangeOffset` and `rangeSize` of the range in the BAR, `offset` of the page in the BAR by the range,
 * and where it lies in the BAR by other witnesses: `cpuOffset` by the kernel's physical address and sysfs' BAR,
 * `busOffset` by its bus address and the BAR's register, `frameOffset` by the frame that a process has mapped.
 * `bar` is the BAR's number, `device` the p2pmem device, on a kernel that has them.
 */
export function readLookup(stdout: string): Sample[] {
  const words = answerOf({ label: '', stdout, stderr: '' });
  if (words[0] === 'none') return [{ name: 'provider', value: 'none' }];
  const answer = new Map(words.flatMap((word, n) => (n % 2 === 0 ? [[word, words[n + 1] ?? '']] : [])));
  const [, id, bdf] = /^provider (\S+) (\S+)$/m.exec(stdout) ?? [];
  const [, start, register] = /^bar (0x\S+) (0x\S+)$/m.exec(stdout) ?? [];
  const entry = /^pagemap +(\d+)$/m.exec(stdout)?.[1];
  if (start === undefined || register === undefined) throw new Error('the BAR was not read');
  const figure = (name: string) => BigInt(answer.get(name) ?? missing(name));
  const bytes = (name: string, value: bigint): Sample => ({ name, value: Number(value), unit: 'B' });
  const cpuBar = BigInt(start);
  const busBar = BigInt(register) & ~barFlags;
  const provider = answer.get('provider')!;
  const device = answer.get('device');
  return [
    { name: 'provider', value: provider === bdf ? id! : provider },
    { name: 'bar', value: Number(figure('bar')) },
    bytes('rangeOffset', figure('offset')),
    bytes('rangeSize', figure('size')),
    bytes('offset', figure('offset') + figure('at')),
    bytes('cpuOffset', figure('phys') + figure('at') - cpuBar),
    bytes('busOffset', figure('bus') + figure('at') - busBar),
    ...(entry === undefined
      ? []
      : [bytes('frameOffset', (BigInt(entry) & frameMask) * BigInt(pageBytes) - cpuBar)]),
    ...(device === undefined ? [] : [{ name: 'device', value: device }]),
  ];
}

function missing(name: string): never {
  throw new Error(`the test module's answer has no ${name}`);
}
