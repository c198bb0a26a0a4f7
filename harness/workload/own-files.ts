import { execa } from 'execa';
import { mkdir, realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { HarnessError } from '../common/errors.js';
import type { Scenario, Step } from '../scenario/scenario.js';
import { folderName } from './own-test.js';
import { kindOf } from './step-kinds.js';

/** Host paths, ready to be copied into a guest, by the path that the scenario names. */
export type OwnFiles = ReadonlyMap<string, string>;

/** What a step needs on the guest, as host paths. */
export const filesOf = (step: Step): string[] => kindOf(step).files?.(step.params as never) ?? [];

/** A path is meant from the scenario file. */
const fromScenario = (scenario: Scenario, file: string): string =>
  path.resolve(path.dirname(scenario.file), file);

export const ownFileOf = (files: OwnFiles, scenario: Scenario, file: string): string =>
  files.get(fromScenario(scenario, file))!;

/**
 * Looks up the files that steps want in the guest, before anything boots, and compiles C files, static, so that they
 * need nothing of the guest.
 * @param dir for what is compiled; made when there is something
 * @throws HarnessError(scenario) for what is not there, lies elsewhere, or does not compile
 */
export async function prepareOwnFiles(
  scenarios: readonly Scenario[],
  dir: string,
  signal: AbortSignal,
): Promise<OwnFiles> {
  const wanted = scenarios.flatMap((scenario) =>
    scenario.steps.flatMap(filesOf).map((file) => ({ scenario, file: fromScenario(scenario, file) })),
  );
  const files = new Map<string, string>();
  for (const { scenario, file } of wanted) {
    if (files.has(file)) continue;
    await mustExist(file, scenario);
    await mustBeNear(file, scenario);
    files.set(file, file.endsWith('.c') ? await compile(file, dir, signal) : file);
  }
  return files;
}

async function mustExist(file: string, scenario: Scenario): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile() || found?.isDirectory()) return;
  throw new HarnessError('scenario', `${scenario.file}: there is no file or folder ${file}`, {
    remedy: 'name it as seen from the scenario file',
  });
}

/**
 * A scenario may come from whoever sent a patch series: it names nothing but what is in its own folder, or below the
 * working directory of the person who runs it, also not by a link.
 */
async function mustBeNear(file: string, scenario: Scenario): Promise<void> {
  const real = await realpath(file);
  const folders = [path.dirname(scenario.file), ...workingFolder()];
  for (const folder of folders) if (isBelow(real, await realpath(folder))) return;
  throw new HarnessError(
    'scenario',
    `${scenario.file}: ${file} is ${real}, which is neither in the folder of the scenario nor below the working directory`,
    { remedy: 'move it beside the scenario, or start p2plab in a folder that has both' },
  );
}

/** Not a home, nor what has homes in it: everything secret is below that. */
const workingFolder = (): string[] => (isBelow(homedir(), process.cwd()) ? [] : [process.cwd()]);

const isBelow = (file: string, folder: string): boolean => {
  const relative = path.relative(folder, file);
  return relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
};

async function compile(source: string, dir: string, signal: AbortSignal): Promise<string> {
  await mkdir(dir, { recursive: true });
  const program = path.join(dir, folderName(source));
  const argv = ['-O2', '-g', '-static', '-Wall', '-o', program, source];
  const { exitCode, stderr, cause } = await execa('gcc', argv, { reject: false, cancelSignal: signal });
  if (exitCode === 0) return program;
  const why = stderr || (cause instanceof Error ? cause.message : `exit ${exitCode}`);
  throw new HarnessError(
    'scenario',
    `${source} does not compile: ${why.split('\n').find((line) => /error/.test(line)) ?? why}`,
    {
      remedy: `correct it until this works: gcc ${argv.join(' ')}`,
    },
  );
}
