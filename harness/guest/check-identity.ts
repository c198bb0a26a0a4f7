import { HarnessError } from '../common/errors.js';
import type { Guest } from './connect-guest.js';

/** What the guest must show before it is believed: this run's nonce, and the kernel that was booted. */
export type ExpectedIdentity = { nonce: string; buildId?: string; release: string };

/** With one program started instead of three: each costs an emulated guest some 10 ms. */
const script = `read -r words </proc/cmdline
read -r release </proc/sys/kernel/osrelease
echo "$words"
echo "$release"
exec od -An -v -tx1 /sys/kernel/notes`;

/**
 * @throws HarnessError(harness) when another VM answers or another kernel runs than the one asked for
 */
export async function checkIdentity(
  guest: Guest,
  expected: ExpectedIdentity,
  signal: AbortSignal,
): Promise<void> {
  const [cmdline = '', release = '', ...dump] = (await guest.read(script, signal))
    .toString('latin1')
    .split('\n');
  const nonce = /\bp2plab\.nonce=([0-9a-f]+)/.exec(cmdline)?.[1];
  if (nonce !== expected.nonce) throw stranger(guest.machine, 'nonce', expected.nonce, nonce);
  if (release !== expected.release)
    throw stranger(guest.machine, 'kernel release', expected.release, release);
  const buildId = buildIdFromNotes(Buffer.from(dump.join('').replace(/\s/g, ''), 'hex'));
  if (expected.buildId !== undefined && buildId !== expected.buildId) {
    throw stranger(guest.machine, 'kernel build id', expected.buildId, buildId);
  }
}

/** The GNU build id (elf(5), note type 3 of owner "GNU") among ELF notes, in hex. */
export function buildIdFromNotes(notes: Buffer): string | undefined {
  const padded = (bytes: number) => Math.ceil(bytes / 4) * 4;
  for (let at = 0; at + 12 <= notes.length;) {
    const [nameBytes, idBytes, type] = [0, 4, 8].map((offset) => notes.readUInt32LE(at + offset)) as [
      number,
      number,
      number,
    ];
    const idAt = at + 12 + padded(nameBytes);
    if (type === 3 && notes.toString('latin1', at + 12, at + 16) === 'GNU\0') {
      return notes.toString('hex', idAt, idAt + idBytes);
    }
    at = idAt + padded(idBytes);
  }
  return undefined;
}

const stranger = (machine: string, what: string, want: string, got = 'none') =>
  new HarnessError('harness', `${machine} shows ${what} ${got}, wanted ${want}`, {
    remedy: "another VM or kernel than this run's answers: report it with the run folder",
  });
