import type { Path } from './problems.js';
import type { Device, Expectation, HostBridge, LogMatch, Machine, Slot, Step } from './scenario.js';
import type { StepSyntax } from './step-syntax.js';

/** One variant whose parts are read one by one; what could not be read is left out and was complained of. */
export type Draft = {
  machineNames: string[];
  /** Undefined when a machine could not be read: then nobody knows which devices there are. */
  devices: PlacedDevice[] | undefined;
  steps: DraftStep[];
  expect: { path: Path; expectation: Expectation }[];
  allow: { path: Path; match: LogMatch }[];
};

export type DraftStep = {
  path: Path;
  name: string;
  /** The kind and the step itself, undefined when it could not be read. */
  read?: { syntax: StepSyntax; step: Step };
};

export type PlacedDevice = { device: Device; machine: string; path: Path };

/** All devices of some machines with the place of their id in the document, in file order. */
export function placeDevices(machines: Record<string, Machine>): PlacedDevice[] {
  return Object.entries(machines).flatMap(([machine, { pcie }]) => {
    const place = (slot: Slot | HostBridge, path: Path): PlacedDevice[] => {
      if (slot.type === 'switch' || slot.type === 'host-bridge')
        return slot.ports.flatMap((port, p) => place(port, [...path, slot.type, p]));
      if (slot.type === 'card')
        return slot.functions.flatMap((device, f) => place(device, [...path, 'card', f]));
      return [{ device: slot, machine, path: [...path, slot.type] }];
    };
    return pcie.flatMap((slot, index) => place(slot, ['machines', machine, 'pcie', index]));
  });
}
