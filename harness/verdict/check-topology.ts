import type { Evidence } from '../evidence/evidence.js';
import type { Check } from './check.js';

/** Every planned device and bridge is where the plan predicted it. */
export function checkTopology({ machines }: Evidence): Check[] {
  return machines.flatMap(({ name, planned, actual }) => {
    if (!actual) return [];
    const bdfs = new Map(actual.devices.map(({ id, bdf }) => [id, bdf]));
    const moved = [...planned.bridges, ...planned.devices].filter(({ id, bdf }) => bdfs.get(id) !== bdf);
    const show = moved
      .map(({ id, bdf }) => `${id} at ${bdfs.get(id) ?? 'no address'}, not ${bdf}`)
      .join('; ');
    return [
      {
        name: `${name}: devices are where the plan put them`,
        ok: moved.length === 0,
        want: `${bdfs.size} devices as planned`,
        got: show || 'as planned',
        blame: 'harness' as const,
        reason: `the topology of ${name} is not the planned one: ${show}`,
      },
    ];
  });
}
