import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { HarnessError } from '../common/errors.js';
import { vmFiles } from '../plan/qemu-argv.js';
import type { ConsoleWatch } from './console-watch.js';

/** Lines after which no kernel goes on (kernel/panic.c; with panic_on_oops every oops ends here). */
const panicLine = /Kernel panic - not syncing: (.*)/;
/** What the reader wants to see first: the line that says why the kernel gave up. */
const causeLine = /(BUG: .*|Oops: .*|general protection fault.*|kernel BUG at .*|KASAN: .*)/;
/** From the panic line to the end of its trace: the guest is left to finish printing. */
const printMs = 500;

type Watched = { machine: string; dir: string; watch: ConsoleWatch; exit: Promise<string> };

/** A promise that rejects once this VM cannot be waited for any more; it never resolves. */
export function findDeath({ machine, dir, watch, exit }: Watched): Promise<never> {
  let cause: string | undefined;
  let panic: string | undefined;
  watch.onLine((line) => {
    cause ??= causeLine.exec(line)?.[1];
    panic ??= panicLine.exec(line)?.[1];
  });
  const panicked = watch.waitFor(panicLine).then(() => new Promise((done) => setTimeout(done, printMs)));
  const died = (async (): Promise<never> => {
    const ended = await Promise.race([exit, panicked.then(() => undefined)]);
    await watch.catchUp();
    throw panic === undefined
      ? await qemuEnded(machine, dir, ended ?? '')
      : kernelPanicked(machine, watch.file, cause ?? panic);
  })();
  died.catch(() => {}); // it may lose every race
  return died;
}

const kernelPanicked = (machine: string, evidence: string, what: string) =>
  new HarnessError('kernel', `the kernel of ${machine} panicked: ${what}`, {
    remedy: 'read the trace in the console log',
    evidence,
  });

async function qemuEnded(machine: string, dir: string, how: string): Promise<HarnessError> {
  const evidence = path.join(dir, vmFiles.qemuLog);
  const log = await readFile(evidence, 'utf8').catch(() => '');
  const lastLine =
    log
      .trim()
      .split('\n')
      .filter((line) => !/warning: TCG doesn't support/.test(line))
      .at(-1) ?? '';
  return new HarnessError(
    'host',
    `QEMU of ${machine} ended by itself (${how})${lastLine && `: ${lastLine}`}`,
    {
      remedy: 'run qemu.sh beside the log by hand to see it again',
      evidence,
    },
  );
}
