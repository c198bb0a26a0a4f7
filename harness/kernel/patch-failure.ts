type Hunk = { file: string; number: number; of: number; oldLine: number; header: string };

/**
 * Says what of a patch did not apply, one sentence per problem: the file, and which hunk of how many.
 * @param patch the patch's text
 * @param output what `git apply` printed, in the C locale
 */
export function describePatchFailure(patch: string, output: string): string[] {
  const hunks = hunksOf(patch);
  const failed = [...output.matchAll(/^error: patch failed: (.+):(\d+)$/gm)].map(([, file, line]) => {
    const hunk = hunks.find((h) => h.file === file && h.oldLine === Number(line));
    if (!hunk) return `the hunk at ${file}:${line} does not apply`;
    return `hunk ${hunk.number} of ${hunk.of} for ${file} does not apply (${hunk.header})`;
  });
  // "patch does not apply" repeats what "patch failed" said; the lines it searched for are in the full output
  const others = [...output.matchAll(/^(?:error|fatal): (?!patch failed|while searching)(.+)$/gm)]
    .map(([, what]) => what!.replace('does not exist in index', 'does not exist in the source'))
    .filter((what) => !what.endsWith(': patch does not apply'));
  return [...failed, ...others];
}

function hunksOf(patch: string): Hunk[] {
  const hunks: Hunk[] = [];
  let oldName = '';
  let file = '';
  for (const line of patch.split('\n')) {
    const name = /^(---|\+\+\+) (?:[ab]\/)?([^\t\n]+)/.exec(line);
    if (name?.[1] === '---') oldName = name[2]!;
    else if (name) file = oldName === '/dev/null' ? name[2]! : oldName; // as git names it in its messages
    const header = /^@@ -(\d+)(?:,\d+)? \+\d+(?:,\d+)? @@.*/.exec(line);
    if (!header) continue;
    const number = hunks.filter((h) => h.file === file).length + 1;
    hunks.push({ file, number, of: 0, oldLine: Number(header[1]), header: header[0] });
  }
  return hunks.map((hunk) => ({ ...hunk, of: hunks.filter((h) => h.file === hunk.file).length }));
}
