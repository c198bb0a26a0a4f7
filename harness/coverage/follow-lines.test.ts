import fc from 'fast-check';
import { execaSync } from 'execa';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { followLines } from './follow-lines.js';

const ownersOf = (diffs: string[], file: string) =>
  [...(followLines(diffs).owners.get(file) ?? [])].sort(([a], [b]) => a - b);

const added = (at: number, ...lines: string[]) =>
  `--- a/a.c\n+++ b/a.c\n@@ -${at - 1},0 +${at},${lines.length} @@\n${lines.map((line) => `+${line}\n`).join('')}`;

t.test('a later patch moves the lines of an earlier one that are behind it, and no others', async (t) => {
  t.strictSame(ownersOf([added(10, 'x', 'y'), added(5, 'z')], 'a.c'), [
    [5, 1],
    [11, 0],
    [12, 0],
  ]);
  t.strictSame(ownersOf([added(10, 'x', 'y'), added(11, 'z')], 'a.c'), [
    [10, 0],
    [11, 1],
    [12, 0],
  ]);
});

t.test('a line that a later patch changes is its own', async (t) => {
  const change = '--- a/a.c\n+++ b/a.c\n@@ -9,3 +9,3 @@\n nine\n-x\n+z\n y\n';
  t.strictSame(ownersOf([added(10, 'x', 'y'), change], 'a.c'), [
    [10, 1],
    [11, 0],
  ]);
});

t.test('lines follow a renamed file, and go with a removed one', async (t) => {
  const rename = 'rename from a.c\nrename to b.c\n';
  t.strictSame(ownersOf([added(10, 'x'), rename], 'b.c'), [[10, 0]]);
  t.strictSame(ownersOf([added(10, 'x'), rename], 'a.c'), []);
  const remove = '--- a/a.c\n+++ /dev/null\n@@ -1,10 +0,0 @@\n' + '-line\n'.repeat(10);
  t.strictSame(ownersOf([added(10, 'x'), remove], 'a.c'), []);
});

/** Texts in which every line is like no other, so that what a line came from is in the text. */
t.test("any edits, through diff(1): each line is that patch's which wrote it", async (t) => {
  const dir = t.testdir();
  const edit = fc.record({ at: fc.nat(30), remove: fc.nat(4), insert: fc.nat(4) });
  const patches = fc.array(fc.array(edit, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 });
  const context = fc.constantFrom(0, 3);
  fc.assert(
    fc.property(patches, context, (edits, unified) => {
      let lines = Array.from({ length: 20 }, (_, n) => `base ${n}`);
      const diffs = edits.map((patch, index) => {
        const before = lines;
        for (const [n, { at, remove, insert }] of patch.entries()) {
          const fresh = Array.from({ length: insert }, (_, k) => `patch ${index} edit ${n} line ${k}`);
          lines = lines.toSpliced(Math.min(at, lines.length), remove, ...fresh);
        }
        return diff(dir, before, lines, unified);
      });
      const wanted = lines.flatMap((line, n) => {
        const patch = /^patch (\d+)/.exec(line)?.[1];
        return patch === undefined ? [] : [[n + 1, Number(patch)] as const];
      });
      t.strictSame(ownersOf(diffs, 'a.c'), wanted);
    }),
    { numRuns: 60 },
  );
});

function diff(dir: string, before: string[], after: string[], unified: number): string {
  const [old, fresh] = [path.join(dir, 'old'), path.join(dir, 'new')];
  writeFileSync(old, before.map((line) => `${line}\n`).join(''));
  writeFileSync(fresh, after.map((line) => `${line}\n`).join(''));
  const labels = ['--label', 'a/a.c', '--label', 'b/a.c'];
  return execaSync('diff', [`-U${unified}`, ...labels, old, fresh], { reject: false }).stdout;
}
