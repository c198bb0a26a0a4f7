/** Longer lines are cut: a guest may print without end. */
const maxLineBytes = 4096;

// print_prefix() in kernel/printk/printk.c: <level>, [seconds.microseconds], and with CONFIG_PRINTK_CALLER [T123] for a
// task or [C0] for an interrupt. What userland left on the line without an end comes before it.
const prefix = /^.{0,200}?(?:<\d{1,3}>)?\[ *\d+\.\d{6}\](?:\[ *([TC]\d+)\])? ?/;
// Escape sequences of terminals (ECMA-48), and control characters other than the tab.
const escapes = new RegExp(`${String.fromCharCode(27)}\\[[0-?]*[ -/]*[@-~]`, 'g');
const controls = /(?!\t)\p{Cc}/gu;

/** A line of the console without what was put around the kernel's text. */
export type LogLine = {
  text: string;
  /** Who printed it, when the kernel says so: lines of one caller belong together. */
  caller?: string;
};

/** Takes time, level and caller off a line, and what a terminal would not show. */
export function parseLogLine(raw: string): LogLine {
  const line = raw.slice(0, maxLineBytes).replace(escapes, '').replace(controls, '').trimEnd();
  const [whole = '', caller] = prefix.exec(line) ?? [];
  return { text: line.slice(whole.length).replace(/^<\d{1,3}>/, ''), caller };
}

/** The lines of a stream, as `grep -n` would number them; of a longer line only the first 4096 characters. */
export async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of chunks) {
    const lines = chunk.split('\n');
    lines[0] = rest + lines[0]!;
    rest = lines.pop()!.slice(0, maxLineBytes);
    yield* lines;
  }
  if (rest !== '') yield rest;
}
