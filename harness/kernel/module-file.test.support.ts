import { execa } from 'execa';

/** Compiles something that is a module as far as its .modinfo goes: `depends=nvmet`. */
export async function writeModule(file: string, modinfo: readonly string[]): Promise<void> {
  const lines = modinfo.map(
    (entry, n) => `const char m${n}[] __attribute__((section(".modinfo"))) = ${JSON.stringify(entry)};`,
  );
  await execa('gcc', ['-g', '-c', '-x', 'c', '-', '-o', file], { input: lines.join('\n') });
}
