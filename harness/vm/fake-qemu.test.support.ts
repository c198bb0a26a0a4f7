import { readFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../common/paths.js';
import type { Limits } from '../plan/limits.js';
import type { MachinePlan } from '../plan/plan.js';

export const nonce = '0123456789abcdef';
export const keys = { hostKey: Buffer.from([0, 1, 2]), authorizedKeys: 'ssh-ed25519 AAAA\n' };

const fakeQemu = path.join(packageRoot, 'harness/vm/testdata/fake-qemu.mjs');
const keepPid = 'echo $$ >pid; exec "$@"';

/** A plan whose QEMU is the script in testdata. */
export function fakePlan(behaviour: string, ...more: string[]): MachinePlan {
  return {
    name: 'host',
    argv: ['sh', '-c', keepPid, 'fake', process.execPath, fakeQemu, behaviour, nonce, ...more],
    nonce,
    files: [{ name: 'nvme0.disk', bytes: 2 ** 20 }],
    scratch: ['nvme0.disk'],
    bridges: [],
    devices: [],
  };
}

/** Limits that no test waits for, but for those it sets. */
export const limits = (over: Partial<Limits> = {}): Limits => {
  const ms = 60_000;
  const guest = { connectMs: ms, stepMs: ms, evidenceMs: ms, rebindMs: ms };
  return { startMs: ms, bootMs: ms, stopMs: ms, ...guest, ...over };
};

export const pidOf = (dir: string): number => Number(readFileSync(path.join(dir, 'pid'), 'utf8'));

/** A zombie, which nobody may wait for in a container, is dead. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
