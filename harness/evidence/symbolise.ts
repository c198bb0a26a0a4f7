import { execa } from 'execa';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { tellingFrame, type LogFinding } from './kernel-log.js';
import type { Frame } from './oops-frames.js';

/** Where this kernel's symbols are. */
export type Symbols = {
  vmlinux?: string;
  /** Folder with the kernel's own decode_stacktrace.sh. */
  scripts?: string;
  modules?: string;
};

export type SplatText = { finding: LogFinding; lines: readonly string[] };

/** The script starts nm and addr2line for every frame, 0.1 s together; the verdict on a panic is to come in 10 s. */
const decodeMs = 7_000;
const maxSplats = 5;
const maxLines = 250;
const maxOutputBytes = 2 ** 20;

/**
 * Gives the frames of findings their file and line, with the scripts/decode_stacktrace.sh of the kernel's own source,
 * and writes each splat beside the console log as `oops-1.txt`. What cannot be decoded keeps its functions, and a
 * note says why; nothing is thrown.
 * @param dir the machine's folder
 */
export async function symbolise(
  splats: readonly SplatText[],
  symbols: Symbols,
  dir: string,
  withinMs = decodeMs,
): Promise<void> {
  const traced = splats.filter(({ finding }) => finding.frames.length > 0);
  const until = performance.now() + withinMs;
  for (const [index, { finding, lines }] of traced.slice(0, maxSplats).entries()) {
    const { text, note } = await decode(lines.slice(0, maxLines), symbols, until - performance.now());
    if (text !== undefined) place(finding, text.split('\n'));
    finding.note = finding.frames.some(({ where }) => where !== undefined) ? note : (note ?? noDebugInfo);
    if (finding.note === undefined) delete finding.note;
    const { where } = tellingFrame(finding) ?? {};
    if (where !== undefined) finding.where = where;
    finding.file = `oops-${index + 1}.txt`;
    const written = [
      finding.title,
      ...(finding.note ? [`(${finding.note})`] : []),
      '',
      text ?? lines.join('\n'),
    ];
    await writeFile(path.join(dir, finding.file), written.join('\n') + '\n');
  }
  for (const { finding } of traced.slice(maxSplats)) {
    finding.note = `only the first ${maxSplats} traces of a log are given file and line`;
  }
}

const noDebugInfo = 'no file and line: vmlinux has no line tables';

type Decoded = { text?: string; note?: string };

async function decode(
  lines: readonly string[],
  { vmlinux, scripts, modules }: Symbols,
  ms: number,
): Promise<Decoded> {
  if (!vmlinux) return { note: 'no file and line: the kernel came without vmlinux' };
  if (!scripts) return { note: 'no file and line: the kernel came without decode_stacktrace.sh' };
  if (ms <= 0) return { note: `no file and line: there was no time left after other traces` };
  const script = path.join(scripts, 'decode_stacktrace.sh');
  const missing = await missingTools();
  if (missing.length > 0)
    return { note: `no file and line: ${missing.join(', ')} not installed (apt-get install binutils gawk)` };
  const { stdout, failed, exitCode } = await execa(
    'timeout', // ends the programs that the script started, too
    ['-k', '1', String(ms / 1000), 'bash', script, vmlinux, 'auto', ...(modules ? [modules] : [])],
    {
      // Code: lines would be disassembled with a compiler's help, and a debug info server must not be asked.
      input: lines.filter((line) => !/\bCode:/.test(line)).join('\n') + '\n',
      env: { LC_ALL: 'C', DEBUGINFOD_URLS: '' },
      maxBuffer: maxOutputBytes,
      stderr: 'ignore',
      reject: false,
    },
  );
  if (!failed) return { text: stdout };
  const why = exitCode === 124 ? 'took too long' : `ended with ${exitCode ?? 'a signal'}`;
  return {
    text: stdout || undefined,
    note: `not every frame has file and line: decode_stacktrace.sh ${why}`,
  };
}

/** What the script calls for every frame; it says nothing when one of them is missing. */
async function missingTools(): Promise<string[]> {
  const tools = ['bash', 'awk', 'nm', 'addr2line', 'readelf'];
  const found = await Promise.all(
    tools.map((tool) =>
      execa('sh', ['-c', 'command -v "$1"', 'sh', tool], { reject: false, stdio: 'ignore' }),
    ),
  );
  return tools.filter((_, index) => found[index]?.exitCode !== 0);
}

/** Output lines are those of the input in order, with `(file:line ...)` in place of `+0x1/0x2`. */
function place({ frames }: LogFinding, decoded: readonly string[]): void {
  let from = 0;
  for (const frame of frames) {
    const name = frame.function.replaceAll(/\W/g, '\\$&');
    const pattern = new RegExp(`^(?:RIP: \\w{4}:)?${name}(?:\\.\\S+)? \\((.*)\\)`);
    const at = decoded.findIndex((line, index) => index >= from && pattern.test(line.trim()));
    if (at < 0) continue;
    from = at + 1;
    Object.assign(frame, placesOf(pattern.exec(decoded[at]!.trim())![1]!));
  }
}

/** `a.h:1 b.c:2 (discriminator 3)`: the innermost first, then what it was inlined into. */
function placesOf(text: string): Pick<Frame, 'where' | 'inlined'> {
  const places = text
    .replaceAll(/ \(discriminator \d+\)/g, '')
    .split(' ')
    .map((place) => place.replace(/^(?:\.{1,2}\/)+/, ''))
    .filter((place) => /:\d+$/.test(place) && !place.startsWith('?'));
  // A header's inline function is seldom what is wrong: the place in the source file that used it tells more.
  const where = places.find((place) => !/(?:^|\/)include\//.test(place)) ?? places[0];
  if (where === undefined) return {};
  return places.length > 1 ? { where, inlined: places } : { where };
}
