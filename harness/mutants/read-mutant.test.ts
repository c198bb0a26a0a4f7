import fc from 'fast-check';
import t from 'tap';
import { findMutants } from './find-mutants.js';
import { mutantAreas, mutantClasses, readMutant } from './read-mutant.js';
import { patchText } from './sample.test.support.js';

t.test('area, class and rule, which may have commas', async (t) => {
  const { text: _, ...mutant } = readMutant(
    '/m/off-by-one.patch',
    patchText('Mutant: copy, crash, no, never, it falls'),
  );
  t.strictSame(mutant, {
    name: 'off-by-one',
    file: '/m/off-by-one.patch',
    area: 'copy',
    class: 'crash',
    rule: 'no, never, it falls',
  });
});

t.test('the argument of one that is equivalent', async (t) => {
  const text = patchText('Mutant: copy, crash, it stands\nEquivalent: the branch is never taken');
  t.equal(readMutant('/m/a.patch', text).equivalent, 'the branch is never taken');
});

t.test('no header, or two', async (t) => {
  t.throws(() => readMutant('/m/a.patch', patchText('')), {
    blame: 'scenario',
    message: '/m/a.patch: want one line "Mutant: area, class, rule" in the message, found none',
    remedy: 'write it like those of kernels/mutants',
  });
  const line = 'Mutant: copy, crash, it stands';
  t.throws(() => readMutant('/m/a.patch', patchText(`${line}\n${line}`)), { message: /found 2$/ });
});

t.test('a header below the message is none', async (t) => {
  const text = patchText('', '+Mutant: copy, crash, it stands\n');
  t.throws(() => readMutant('/m/a.patch', text), { message: /found none$/ });
});

t.test('an area and a class that are none', async (t) => {
  t.throws(() => readMutant('/m/a.patch', patchText('Mutant: nvmet, crash, it stands')), {
    message: `/m/a.patch: want one of ${mutantAreas.join(', ')}, found "nvmet"`,
  });
  t.throws(() => readMutant('/m/a.patch', patchText('Mutant: copy, oops, it stands')), {
    message: `/m/a.patch: want one of ${mutantClasses.join(', ')}, found "oops"`,
  });
});

t.test('whatever the rule says, it is read as it was written', async () => {
  const rule = fc.stringMatching(/^[!-~]([ -~]{0,60}[!-~])?$/);
  fc.assert(
    fc.property(
      fc.constantFrom(...mutantAreas),
      fc.constantFrom(...mutantClasses),
      rule,
      (area, kind, text) => {
        const mutant = readMutant('/m/a.patch', patchText(`Mutant: ${area}, ${kind}, ${text}`));
        return mutant.area === area && mutant.class === kind && mutant.rule === text;
      },
    ),
  );
});

t.test('the mutants of the library: every header is right, and no two are the same', async (t) => {
  const mutants = await findMutants([]);
  t.ok(mutants.length >= 30, `${mutants.length} mutants`);
  const diffs = mutants.map(({ text }) => text.slice(text.indexOf('\ndiff --git ')));
  t.equal(new Set(diffs).size, mutants.length, 'changes');
  const subjects = mutants.map(({ text }) => /^Subject: (.*)$/m.exec(text)?.[1]);
  t.equal(new Set(subjects).size, mutants.length, 'subjects');
});

t.test('each area and each class has a mutant', async (t) => {
  const mutants = await findMutants([]);
  t.strictSame(new Set(mutants.map(({ area }) => area)), new Set(mutantAreas));
  t.strictSame(new Set(mutants.map((mutant) => mutant.class)), new Set(mutantClasses));
});

t.test('a name that is none has a near one', async (t) => {
  await t.rejects(findMutants(['oops-in-transfr']), {
    blame: 'scenario',
    message: 'no mutant "oops-in-transfr", did you mean "oops-in-transfer"?',
  });
});
