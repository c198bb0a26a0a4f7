import t from 'tap';
import * as z from 'zod';
import { readScenario } from './read-scenario.js';
import type { StepSyntax } from './step-syntax.js';

const kinds: readonly StepSyntax[] = [
  { kind: 'look', params: z.strictObject({}) },
  { kind: 'plug', params: z.strictObject({}), hotplugs: true },
  {
    kind: 'kill',
    params: z.strictObject({ machine: z.string() }),
    ends: (p: { machine: string }) => p.machine,
  },
] as unknown as StepSyntax[];

/** The problems of a scenario with two machines, of which b can be plugged, and some steps. */
function problems(...steps: string[]): string[] {
  const head =
    'name: s\ntitle: A sample\nmachines:\n  a: { cpu: EPYC }\n  b: { cpu: EPYC, hotplug: true }\nsteps:\n';
  try {
    readScenario('a.yaml', head + steps.map((step) => `  - ${step}\n`).join(''), kinds);
    return [];
  } catch (error) {
    return (error as Error).message.split('\n');
  }
}

t.test('devices are plugged only where the machine says so', (t) => {
  t.strictSame(problems('{ on: b, plug: {} }'), []);
  t.strictSame(problems('{ on: a, plug: {} }'), [
    'a.yaml:7:14: plug: want machine a with hotplug: true, found it without',
  ]);
  t.end();
});

t.test('a machine that is ended is another one, and is not used any more', (t) => {
  t.strictSame(problems('{ on: a, kill: { machine: b } }', '{ on: a, look: {} }'), []);
  t.strictSame(problems('{ on: a, kill: { machine: a } }'), [
    'a.yaml:7:31: steps[0].kill.machine: want another machine (b), found "a"',
  ]);
  t.strictSame(problems('{ on: a, kill: { machine: c } }'), [
    'a.yaml:7:31: steps[0].kill.machine: want another machine (b), found "c"',
  ]);
  t.strictSame(problems('{ on: a, kill: { machine: b } }', '{ on: b, look: {} }'), [
    'a.yaml:8:11: want a machine that is still there, b is ended by step kill',
  ]);
  t.end();
});
