import { execa } from 'execa';
import type { Chain } from '../coverage/inline-chains.js';
import { binutils, check, noLineTable, readChains } from '../coverage/read-lines.js';
import type { CountedBlock } from '../evidence/executed-blocks.js';

/** A symbol of the text, and the addresses less kernelBase from its start up to the next one's. */
export type CodeSymbol = { name: string; start: number; end: number };

/** What addresses mean in one kernel. */
export class KernelCode {
  constructor(
    /** By address. */
    readonly symbols: readonly CodeSymbol[],
    /** Where instructions start, ascending, in the image: a kernel patches some of them when it boots. */
    readonly instructions: ArrayLike<number>,
    /** Whose text the instructions are. */
    readonly chains: ReadonlyMap<number, Chain>,
  ) {}

  symbolAt(address: number): CodeSymbol | undefined {
    const symbol = this.symbols[lastAt(this.symbols.length, (n) => this.symbols[n]!.start <= address)];
    return symbol && address < symbol.end ? symbol : undefined;
  }

  startsIn(start: number, end: number): number[] {
    const starts: number[] = [];
    const first = 1 + lastAt(this.instructions.length, (n) => this.instructions[n]! < start);
    for (let n = first; n < this.instructions.length && this.instructions[n]! < end; n++)
      starts.push(this.instructions[n]!);
    return starts;
  }
}

/** The last index of which a condition holds that holds of all before it, -1 for none. */
function lastAt(length: number, holds: (index: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/**
 * Reads symbols and instructions of vmlinux with binutils, and whose text they are: of all blocks the function, and of
 * `busy` ones each instruction, as that takes long.
 * @throws HarnessError(scenario) when vmlinux has no line table, HarnessError(host) when binutils are missing; Interrupted
 */
export async function readKernelCode(
  vmlinux: string,
  { blocks, busy }: { blocks: readonly CountedBlock[]; busy: readonly CountedBlock[] },
  signal: AbortSignal,
): Promise<KernelCode> {
  const symbols = await readSymbols(vmlinux, signal);
  const instructions = await readInstructions(vmlinux, signal);
  const plain = new KernelCode(symbols, instructions, new Map());
  const landmarks = symbols.flatMap(({ name, start }) => (name === 'start_kernel' ? [start] : []));
  const ran = busy.flatMap(({ address, bytes }) => plain.startsIn(address, address + bytes));
  const owners = blocks.flatMap(({ address }) => plain.symbolAt(address)?.start ?? []);
  const chains = await readChains(vmlinux, [...landmarks, ...owners, ...ran], signal);
  if (!chains.get(landmarks[0] ?? -1)?.length) throw noLineTable(vmlinux);
  return new KernelCode(symbols, instructions, chains);
}

async function readSymbols(vmlinux: string, signal: AbortSignal): Promise<CodeSymbol[]> {
  const listed = await execa('nm', ['--numeric-sort', vmlinux], { ...binutils, cancelSignal: signal });
  check(listed, vmlinux, signal);
  return parseSymbols(listed.stdout);
}

/** Reads what `nm --numeric-sort` prints. Of several names for one address the first global one is taken. */
export function parseSymbols(text: string): CodeSymbol[] {
  const byStart = new Map<number, { name: string; global: boolean }>();
  for (const [, address, type, name] of text.matchAll(/^ffffffff([89a-f][0-9a-f]{7}) ([tTwW]) (\S+)$/gm)) {
    if (/_text_(?:start|end)$/.test(name!)) continue; // of the linker script, where a function begins
    const start = parseInt(address!, 16);
    const known = byStart.get(start);
    if (known && (known.global || type !== 'T')) continue;
    byStart.set(start, { name: name!, global: type === 'T' });
  }
  const symbols = [...byStart].sort(([a], [b]) => a - b);
  return symbols.map(([start, { name }], n) => ({ name, start, end: symbols[n + 1]?.[0] ?? start }));
}

async function readInstructions(vmlinux: string, signal: AbortSignal): Promise<number[]> {
  const argv = ['--disassemble', '--no-show-raw-insn', vmlinux];
  const objdump = execa('objdump', argv, { ...binutils, buffer: false, cancelSignal: signal });
  const starts: number[] = [];
  let rest = '';
  objdump.stdout.setEncoding('latin1');
  objdump.stdout.on('data', (chunk: string) => {
    const text = rest + chunk;
    const whole = text.lastIndexOf('\n') + 1;
    for (const [, address] of text.slice(0, whole).matchAll(/^ffffffff([89a-f][0-9a-f]{7}):\t/gm))
      starts.push(parseInt(address!, 16));
    rest = text.slice(whole);
  });
  check(await objdump, vmlinux, signal);
  return starts;
}
