import { execaSync } from 'execa';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { packageRoot } from '../common/paths.js';
import { parseDiff } from './parse-diff.js';

t.test('a mail with a patch: only what its hunks say is part of it', async (t) => {
  const mail = `Subject: [PATCH] Change a line
---
 a.c | 2 +-

diff --git a/drivers/a.c b/drivers/a.c
index 1..2 100644
--- a/drivers/a.c
+++ b/drivers/a.c
@@ -10,3 +10,4 @@ static int f(void)
 one
-two
+--- a/two
++three

--${' '}
2.39.2
`;
  t.strictSame(parseDiff(mail), [
    { from: 'drivers/a.c', to: 'drivers/a.c', hunks: [{ oldBegin: 10, newBegin: 10, marks: ' -++ ' }] },
  ]);
});

t.test('new, removed and renamed files', async (t) => {
  const diff = `diff --git a/new.c b/new.c
new file mode 100644
--- /dev/null
+++ b/new.c
@@ -0,0 +1,2 @@
+one
+two
diff --git a/old.c b/old.c
--- a/old.c
+++ /dev/null
@@ -1 +0,0 @@
-one
diff --git a/from.c b/to.c
similarity index 90%
rename from from.c
rename to to.c
--- a/from.c
+++ b/to.c
@@ -5,0 +6 @@
+six
diff --git a/x.c b/y.c
similarity index 100%
rename from x.c
rename to y.c
`;
  t.strictSame(parseDiff(diff), [
    { to: 'new.c', hunks: [{ oldBegin: 1, newBegin: 1, marks: '++' }] },
    { from: 'old.c', hunks: [{ oldBegin: 1, newBegin: 1, marks: '-' }] },
    { from: 'from.c', to: 'to.c', hunks: [{ oldBegin: 6, newBegin: 6, marks: '+' }] },
    { from: 'x.c', to: 'y.c', hunks: [] },
  ]);
});

t.test('changed lines that look like the names of files are lines', async (t) => {
  const diff = `--- a/a.c
+++ b/a.c
@@ -1,2 +1,2 @@
 one
--- a/b.c
+++ b/c.c
`;
  t.strictSame(parseDiff(diff), [
    { from: 'a.c', to: 'a.c', hunks: [{ oldBegin: 1, newBegin: 1, marks: ' -+' }] },
  ]);
});

t.test('a file that does not end with a newline', async (t) => {
  const diff = `--- a/a.c
+++ b/a.c
@@ -1,2 +1,2 @@
 one
-two
\\ No newline at end of file
+three
\\ No newline at end of file
`;
  t.equal(parseDiff(diff)[0]!.hunks[0]!.marks, ' -\\+');
});

t.test('what git counts in the patches of the series', async (t) => {
  const series = path.join(packageRoot, 'kernels/series');
  const patches = readdirSync(series, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.patch') && !file.includes('cover-letter'),
  );
  t.ok(patches.length > 20);
  for (const patch of patches) {
    const file = path.join(series, patch);
    const { stdout } = execaSync('git', ['apply', '--numstat', file]);
    const counted = parseDiff(readFileSync(file, 'utf8')).map(({ from, to, hunks }) => {
      const marks = hunks.flatMap((hunk) => [...hunk.marks]);
      const count = (mark: string) => marks.filter((m) => m === mark).length;
      return `${count('+')}\t${count('-')}\t${to ?? from}`;
    });
    t.strictSame(counted, stdout.split('\n'), patch);
  }
});
