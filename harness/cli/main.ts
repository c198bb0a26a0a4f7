#!/usr/bin/env node
import v8 from 'node:v8';
import { CommanderError } from 'commander';
import { asHarnessError, Interrupted } from '../common/errors.js';
import { errorText } from './error-text.js';
import { exitCodeOfBlame, exitCodes } from './exit-code.js';
import { buildProgram } from './program.js';
import { processTerminal } from './terminal.js';

// The heap's young half stays at 2 MB and does not grow to 32, most of it garbage that lasts: 30 MB less while four VMs
// run. Reading a DMA trace, the most that a run computes, takes a tenth longer: 0.06 s for 100 MB.
v8.setFlagsFromString('--semi-space-growth-factor=1');

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
try {
  const done = (exitCode: number) => void (process.exitCode = exitCode);
  const program = await buildProgram(terminal, done, process.argv.slice(2));
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.passed : exitCodes.usage;
  if (error instanceof Interrupted || stop.signal.aborted) return exitCodes.interrupted;
  const described = asHarnessError(error);
  terminal.err(errorText(described));
  if (process.env.P2PLAB_DEBUG) terminal.err(`${described.stack}\n${String(described.cause ?? '')}\n`);
  return exitCodeOfBlame(described.blame);
}
