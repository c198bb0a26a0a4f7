import pc from 'picocolors';
import { format } from 'prettier';
import t from 'tap';
import { killReport } from './kill-report.js';
import { killTable } from './kill-table.js';
import { document, entry } from './sample.test.support.js';

const survivor = entry({
  name: 'silent',
  rule: 'it is loud',
  state: 'survived',
  cause: undefined,
  variantsRun: 35,
});
const unbuildable = entry({
  name: 'torn',
  state: 'does-not-build',
  cause: undefined,
  problem: 'a.c:1: no `;`',
});
const made = { command: 'p2plab mutants --kernel p2pmem-6.12', date: new Date('2026-11-26T20:00:00Z') };

t.test('the table on a terminal, and the totals', async (t) => {
  t.equal(
    killTable(document([entry(), survivor]), pc.createColors(false)),
    `          mutant        area  class       by                    time   because
killed    wrong-offset  copy  corruption  copy [provider=shm0]  9.4 s  verify | failed
survived  silent        copy  corruption                        9.4 s

2 mutants: 1 killed, 1 survived
`,
  );
});

t.test('the report has what made it, the table, survivors, and what could not be judged', async (t) => {
  const known = document([entry(), survivor, unbuildable]);
  known.baseline = [
    { title: 'flaky', variantId: 'v', outcome: 'fail', reason: 'it was late', seconds: 3 },
    { title: 'steady', variantId: 'w', outcome: 'pass', reason: '', seconds: 3 },
  ];
  t.equal(
    killReport(known, made),
    `# Mutants

Small faults of the kind that a patch could bring, and the scenario that noticed each of them first.

Made by \`p2plab mutants --kernel p2pmem-6.12\` on 2026-11-26, on top of p2pmem-6.12 (Linux 6.12.117-p2plab, 0123456789abcdef).

3 mutants: 1 killed, 1 survived, 1 do not build. All runs took 28.2 s.

| mutant       | area | class      | rule              | killed by              | because            | seconds |
| ------------ | ---- | ---------- | ----------------- | ---------------------- | ------------------ | ------- |
| wrong-offset | copy | corruption | data are the same | \`copy [provider=shm0]\` | \`verify \\| failed\` | 9       |
| silent       | copy | corruption | it is loud        | survived               |                    | 9       |
| torn         | copy | corruption | data are the same | does not build         |                    | 9       |

## Survivors

- silent: nothing in 35 variants notices that it breaks "it is loud".

## Not judged

- torn: does not build. \`a.c:1: no ';'\`

## Scenarios that do not pass on the unmodified kernel, and so kill nothing

- \`flaky\`: fail. \`it was late\`
`,
  );
});

t.test('prettier has nothing to say about it', async (t) => {
  const report = killReport(document([entry(), survivor, unbuildable]), made);
  t.equal(await format(report, { parser: 'markdown', printWidth: 110, singleQuote: true }), report);
});

t.test('an equivalent survivor has its argument', async (t) => {
  const equivalent = { ...survivor, equivalent: 'the branch is never taken' };
  t.match(killReport(document([equivalent]), made), '\n- silent: equivalent, the branch is never taken\n');
});
