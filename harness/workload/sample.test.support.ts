import type { Rig } from './rig.js';
import type { AnyStepKind, Sample, StepCommand } from './step-kind.js';

const bdfs: Record<string, string> = { nvme1: '0000:04:00.0', shm0: '0000:05:00.0', fab0: '0000:06:00.0' };

/** A machine with a drive, a provider and a NIC; the disk remote0 is connected. */
export const rig: Rig = {
  devices: () => [
    { id: 'nvme1', type: 'nvme', bdf: '0000:04:00.0', provider: false },
    { id: 'shm0', type: 'ivshmem', bdf: '0000:05:00.0', provider: true },
  ],
  bdf: (id) => bdfs[id] ?? `no ${id}`,
  address: () => ({ address: '10.77.0.1', prefixLength: 24 }),
  disk: (id) => (id === 'remote0' ? { subsystem: 'sub', nsid: 1, host: 1 } : { bdf: bdfs[id] ?? `no ${id}` }),
  driveOf: (id) => (id === 'remote0' ? 'nvme1' : id),
  portAbove: (id) => ({ id: `port-of-${id}`, bdf: '0000:02:00.0' }),
  plugging: (id) => [{ execute: 'device_add', arguments: { driver: 'some', id } }],
};

const read = (kind: AnyStepKind, params: unknown) => kind.params.parse(params);

/** The scripts of a step as written in YAML. */
export const scriptsOf = (kind: AnyStepKind, params: unknown): string[] =>
  commandsOf(kind, params).flatMap((command) => ('script' in command ? [command.script] : []));

/** What a step as written in YAML is. */
export const commandsOf = (kind: AnyStepKind, params: unknown): StepCommand[] =>
  kind.commands(read(kind, params), rig);

/** What a step records when its only command printed that. */
export const samplesOf = (kind: AnyStepKind, params: unknown, stdout: string): Sample[] =>
  kind.samples(read(kind, params), [{ label: 'x', exitCode: 0, stdout, stderr: '' }]);

/** What a step records when its commands and actions gave that, in their order. */
export const samplesOfAll = (kind: AnyStepKind, params: unknown, stdouts: string[]): Sample[] =>
  kind.samples(
    read(kind, params),
    stdouts.map((stdout) => ({ label: 'x', exitCode: 0, stdout, stderr: '' })),
  );
