import { execa } from 'execa';
import { HarnessError, Interrupted } from '../common/errors.js';

/** What compiles the kernel; the versions are part of a kernel's content id. */
export type Toolchain = { versions: string[]; ccache: boolean };

/** @throws HarnessError(host) when there is no compiler or linker */
export async function findToolchain(signal: AbortSignal): Promise<Toolchain> {
  // ccache is not run: even for its version it makes a folder for temporary files in the user's runtime directory
  const commands = ['gcc --version', 'ld --version', 'command -v ccache'];
  const [gcc, ld, ccache] = await Promise.all(commands.map((command) => firstLine(command, signal)));
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

async function firstLine(command: string, signal: AbortSignal): Promise<string | undefined> {
  const { failed, stdout } = await execa('sh', ['-c', command], { reject: false, cancelSignal: signal });
  return failed ? undefined : stdout.split('\n')[0];
}
