import { CommanderError } from 'commander';
import * as z from 'zod';
import { asHarnessError, Interrupted } from '../common/errors.js';
import { errorText } from './error-text.js';
import { exitCodeOfBlame, exitCodes } from './exit-code.js';
import { buildProgram } from './program.js';
import { processTerminal } from './terminal.js';

export { loadSsh } from '../guest/connect-guest.js'; // for write-compiled.ts

// Most documents are read once: to compile code for their schemas takes longer than to do without.
z.config({ jitless: true });

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    if (stop.signal.aborted) process.exit(exitCodes.interrupted); // asked twice: VMs die with us
    process.stderr.write('\nstopping (once more to stop at once)\n');
    stop.abort();
  });
}

const terminal = processTerminal(stop.signal);
let lost: Error | undefined;
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE' || error.code === 'EIO' || lost) return; // nobody reads it: `| head`, a terminal that is gone
  lost = error;
  terminal.err(errorText(asHarnessError(error)));
});
process.on('exit', (exitCode) => (process.exitCode = lost ? exitCodes.broken : exitCode));

/** The command line. @param args what follows the command's name */
export async function main(args: readonly string[]): Promise<void> {
  try {
    const done = (exitCode: number) => void (process.exitCode = exitCode);
    const program = await buildProgram(terminal, done, args);
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    process.exitCode = report(error);
  }
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.passed : exitCodes.usage;
  if (error instanceof Interrupted || stop.signal.aborted) return exitCodes.interrupted;
  const described = asHarnessError(error);
  terminal.err(errorText(described));
  if (process.env.P2PLAB_DEBUG) terminal.err(`${described.stack}\n${String(described.cause ?? '')}\n`);
  return exitCodeOfBlame(described.blame);
}
