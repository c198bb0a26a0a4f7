import { execa } from 'execa';
import { HarnessError, Interrupted } from '../common/errors.js';
import { findProgram, keptAnswer, programMark } from '../host/kept-answer.js';

/** What compiles the kernel; the versions are part of a kernel's content id. */
export type Toolchain = { versions: string[]; ccache: boolean };

/** @throws HarnessError(host) when there is no compiler or linker */
export async function findToolchain(signal: AbortSignal): Promise<Toolchain> {
  const [gcc, ld, ccache] = await Promise.all([
    version('gcc', signal),
    version('ld', signal),
    // not run: even for its version it makes a folder for temporary files in the user's runtime directory
    findProgram('ccache'),
  ]);
  if (signal.aborted) throw new Interrupted();
  if (gcc && ld) return { versions: [gcc, ld], ccache: ccache !== undefined };
  throw new HarnessError(
    'host',
    `there is no ${gcc ? 'linker (ld)' : 'compiler (gcc)'} to build a kernel with`,
    {
      remedy: 'apt-get install build-essential flex bison bc libelf-dev libssl-dev ccache',
    },
  );
}

/** The first line of `--version`. */
async function version(program: string, signal: AbortSignal): Promise<string | undefined> {
  const ask = async () => {
    const asked = await execa(program, ['--version'], { reject: false, cancelSignal: signal });
    return asked.failed ? undefined : asked.stdout.split('\n')[0];
  };
  return keptAnswer({ name: `${program}-version`, marks: [await programMark(program)], ask });
}
