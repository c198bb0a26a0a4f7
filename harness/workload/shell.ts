import * as z from 'zod';
import { part } from '../scenario/schema-parts.js';
import { stepKind, type Sample } from './step-kind.js';

/**
 * A script of the scenario's own, run as root in the guest by its POSIX shell; it must exit 0.
 * Lines `sample NAME VALUE [UNIT]` of its output are recorded.
 */
export const shell = stepKind({
  kind: 'shell',
  summary: "runs a shell script in the guest; lines 'sample NAME VALUE [UNIT]' are recorded",
  parameters: 'script',
  records: 'lines sample NAME VALUE [UNIT] of its output',
  params: z.strictObject({
    script: part('a shell script', (found) =>
      typeof found === 'string' && found.trim() !== '' ? found : undefined,
    ),
  }),
  commands: ({ script }) => [{ label: 'script', script }],
  samples: (_, [output]) => [...(output?.stdout ?? '').matchAll(sampleLine)].map(toSample),
});

const sampleLine = /^sample (\S+) (\S+)(?: (\S+))?$/gm;

function toSample([, name, value, unit]: RegExpExecArray): Sample {
  const number = Number(value);
  return { name: name!, value: Number.isNaN(number) ? value! : number, unit };
}
