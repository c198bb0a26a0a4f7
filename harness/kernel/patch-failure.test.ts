import t from 'tap';
import { describePatchFailure } from './patch-failure.js';

const patch = `From: someone

diff --git a/drivers/a.c b/drivers/a.c
--- a/drivers/a.c
+++ b/drivers/a.c
@@ -3,3 +3,4 @@ int first(void)
 x
@@ -120,7 +121,9 @@ static int second(void)
 y
diff --git a/new.c b/new.c
--- /dev/null
+++ b/new.c
@@ -0,0 +1 @@
+z
`;

t.test('a hunk is told by number, and every file by its first', async (t) => {
  const output = `Checking patch drivers/a.c...
error: while searching for:
y

error: patch failed: drivers/a.c:120
error: drivers/a.c: patch does not apply
Checking patch new.c...
error: new.c: already exists in index`;
  t.same(describePatchFailure(patch, output), [
    'hunk 2 of 2 for drivers/a.c does not apply (@@ -120,7 +121,9 @@ static int second(void))',
    'new.c: already exists in index',
  ]);
});

t.test('a hunk that the patch does not seem to have', async (t) => {
  t.same(describePatchFailure(patch, 'error: patch failed: drivers/b.c:7'), [
    'the hunk at drivers/b.c:7 does not apply',
  ]);
});

t.test('a torn patch', async (t) => {
  t.same(describePatchFailure(patch, 'error: corrupt patch at line 9'), ['corrupt patch at line 9']);
});
