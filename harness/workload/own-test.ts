import path from 'node:path';
import * as z from 'zod';
import { oneOf, part } from '../scenario/schema-parts.js';
import { leavesOf, readKtap } from './read-ktap.js';
import { p2pmemDir, type Rig } from './rig.js';
import { stepKind, type CommandOutput, type Sample } from './step-kind.js';

const text = (want: string) =>
  part(want, (found) => (typeof found === 'string' && found.trim() !== '' ? found : undefined));

const params = z.strictObject({
  files: text('the path of a program, a C file or a folder'),
  run: text('a shell script'),
  reads: oneOf(['exit', 'ktap', 'tap']).default('exit'),
});
type OwnTest = z.infer<typeof params>;

/** Exit codes of a kselftest (tools/testing/selftests/kselftest.h, 6.12): 2 and 3 are expected outcomes. */
const kselftest: Record<number, 'passed' | 'skipped'> = { 0: 'passed', 2: 'passed', 4: 'skipped' };

/**
 * Runs a user's own program in the guest. Its files are copied there first (own-files.ts); `run` is a POSIX shell
 * script in the folder where they lie, with variables for the devices of the machine. What it says is read from its
 * exit code as of a kselftest, or from TAP; a test that skips itself makes the variant a skip.
 */
export const ownTest = stepKind({
  kind: 'own-test',
  summary: 'copies a program of yours into the guest, runs it and reads its exit code, KTAP or TAP',
  parameters:
    'files (a program, a C file to be compiled, or a folder; from the scenario file), run (a shell script in their folder), reads (exit, ktap, tap)',
  records:
    'exitCode, passed, skipped, failedTests, failedNames, missingTests, and skip (why) when nothing was tested',
  params,
  files: ({ files }) => [files],
  commands: (p, rig) => [{ label: 'test', script: scriptOf(p, rig) }],
  samples: ({ reads }, [output]) => {
    const [, code] = /^p2plab: exit (\d+)\n$/m.exec(output?.stderr.slice(-40) ?? '') ?? [];
    if (code === undefined) throw new Error('its exit code is not there');
    const exitCode = Number(code);
    return [
      { name: 'exitCode', value: exitCode },
      ...(reads === 'exit' ? byExitCode(exitCode) : byTap(exitCode, output!)),
    ];
  },
});

/** Where the files of a step lie in the guest. */
export const ownFolder = '/run/p2plab-own';

/** A non-zero exit is the test's outcome, and no command that failed. */
const scriptOf = ({ files, run }: OwnTest, rig: Rig): string =>
  [
    ...deviceVariables(rig),
    `cd ${ownFolder}/'${folderName(files)}'`,
    '(',
    run.trimEnd(),
    ')',
    'echo "p2plab: exit $?" >&2',
  ].join('\n');

/** Of a file or folder: its name, which is also that of the program of a C file. */
export const folderName = (files: string): string => path.basename(files, '.c').replaceAll("'", '');

/** `SHM0` of shm0: what the names of its variables begin with. */
export const variableName = (id: string): string => id.toUpperCase().replaceAll('-', '_');

/** For shm0: SHM0_BDF and SHM0_P2PMEM; for nvme1: NVME1_BDF and NVME1_DISK; and PROVIDERS, all providers' BDFs. */
export function deviceVariables(rig: Rig): string[] {
  const devices = rig.devices();
  return [
    ...devices.flatMap(({ id, bdf, type, provider }) => [
      `export ${variableName(id)}_BDF=${bdf}`,
      ...(provider ? [`export ${variableName(id)}_P2PMEM=${p2pmemDir(bdf)}`] : []),
      ...(type === 'nvme'
        ? [
            `for d in /sys/bus/pci/devices/${bdf}/nvme/nvme*/nvme*n*; do export ${variableName(id)}_DISK=/dev/\${d##*/}; done`,
          ]
        : []),
    ]),
    `export PROVIDERS='${devices
      .filter(({ provider }) => provider)
      .map(({ bdf }) => bdf)
      .join(' ')}'`,
  ];
}

function byExitCode(code: number): Sample[] {
  const outcome = kselftest[code];
  return [
    { name: 'failedTests', value: outcome ? 0 : 1 },
    { name: 'failedNames', value: outcome ? 'none' : `exit ${code}` },
    ...(outcome === 'skipped' ? [{ name: 'skip', value: 'it ended with exit code 4' }] : []),
  ];
}

/** @throws Error when it is no TAP */
function byTap(exitCode: number, { stdout }: CommandOutput): Sample[] {
  const whole = /^1\.\.0 *# *SKIP\b *(.*)$/im.exec(stdout);
  const results = whole ? [] : readKtap(stdout);
  const planned = Number(/^1\.\.(\d+)/m.exec(stdout)?.[1] ?? results.length);
  const tests = leavesOf(results);
  const having = (outcome: string) => tests.filter((test) => test.outcome === outcome);
  const failed = having('fail').map((test) => test.path.join('/'));
  if (failed.length === 0 && !kselftest[exitCode]) failed.push(`exit ${exitCode}`);
  const skipped = having('skip').length;
  const nothing =
    whole?.[1] || (tests.length > 0 && skipped === tests.length && 'each of its tests is skipped');
  return [
    { name: 'passed', value: having('pass').length },
    { name: 'skipped', value: skipped },
    { name: 'failedTests', value: failed.length },
    { name: 'failedNames', value: failed.join(', ') || 'none' },
    { name: 'missingTests', value: Math.max(0, planned - results.length) },
    ...(whole || nothing ? [{ name: 'skip', value: nothing || 'it said 1..0 # SKIP' }] : []),
  ];
}
