import type { Evidence, MachineEvidence } from '../evidence/evidence.js';
import type { Check } from './check.js';

/**
 * Whoever uses something of a module has a reference to it (kernel/module/main.c, 6.12): when all that the steps set up
 * has been taken back, each module that was there has as many as before.
 */
export const checkModuleReferences = ({ machines }: Evidence): Check[] => machines.flatMap(ofMachine);

function ofMachine({ name: machine, moduleReferences }: MachineEvidence): Check[] {
  const { before = {}, end = {} } = moduleReferences ?? {};
  return Object.entries(before).flatMap(([module, want]) => {
    const got = end[module];
    if (got === undefined) return [];
    const what =
      got > want ? `${got - want} more references, nobody gave them back` : `${want - got} references less`;
    return [
      {
        name: `${machine}: module ${module} has the references that it had`,
        ...{ ok: want === got, want: `${want}`, got: `${got}`, blame: 'kernel' },
        ...(want !== got && {
          reason: `module ${module} has ${what}: ${want} before the first step, ${got} when all was taken back`,
        }),
      },
    ];
  });
}
