import * as z from 'zod';
import { textLike } from '../scenario/schema-parts.js';
import { leavesOf, readKtap } from './read-ktap.js';
import { stepKind } from './step-kind.js';

const params = z.strictObject({ suite: textLike('the name of a KUnit suite', /^[A-Za-z0-9][\w-]*$/) });

/**
 * Runs a KUnit suite of the kernel through debugfs (lib/kunit/debugfs.c, Linux 6.8 and later) and reads its KTAP; a
 * parameter counts as a test. Samples: planned tests of the suite, missingTests of these that gave no result; passed,
 * skipped and failedTests, and failedNames with commas between.
 */
export const kunit = stepKind({
  kind: 'kunit',
  summary: 'runs a KUnit suite in the kernel and reads its results',
  parameters: 'suite',
  records: 'planned, missingTests, passed, skipped, failedTests, failedNames',
  params,
  commands: ({ suite }) => {
    const lines = [
      `cd /sys/kernel/debug/kunit/${suite} 2>/dev/null || { echo "this kernel has no KUnit suite ${suite}" >&2; exit 1; }`,
      'echo run >run',
      'cat results',
    ];
    return [{ label: suite, script: lines.join('\n') }];
  },
  samples: ({ suite }, [output]) => {
    const run = readKtap(output?.stdout ?? '').find(({ path }) => path[0] === suite);
    if (!run?.planned) throw new Error(`there is no plan of suite ${suite}`);
    const tests = leavesOf(run.subtests);
    const count = (outcome: string) => tests.filter((test) => test.outcome === outcome).length;
    // a test with parameters can fail after the last of them has passed
    const failed = [
      ...tests,
      ...run.subtests.filter(({ subtests }) => subtests.every((s) => s.outcome !== 'fail')),
    ]
      .filter(({ outcome }) => outcome === 'fail')
      .map(({ path }) => path.slice(1).join('/'));
    const names = [...new Set(failed)];
    return [
      { name: 'planned', value: run.planned },
      { name: 'missingTests', value: run.planned - run.subtests.length },
      { name: 'passed', value: count('pass') },
      { name: 'skipped', value: count('skip') },
      { name: 'failedTests', value: names.length },
      { name: 'failedNames', value: names.join(', ') || 'none' },
    ];
  },
});
