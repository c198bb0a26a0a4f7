import type { RunPlan } from '../plan/plan.js';
import { vmFiles } from '../plan/qemu-argv.js';
import { commandLines, shellQuote } from '../vm/pasteable-command.js';
import type { Numbered, Rebinding } from './repro-commands.js';
import { agentScript, agentWords, ownFile, stepsFile, type NumberedScript } from './repro-guest.js';
import type { ReproInputs } from './repro-script.js';

/** Pieces of an archive in fw_cfg: the kernel reads one from its start for each page of it. */
export const ownParts = 8;

/** A machine's files, what its agent is to run, and its QEMU as a shell function. */
export function machineLines(
  { name, argv, files }: RunPlan['machines'][number],
  n: number,
  { kernel, rootfs, own, modules }: ReproInputs,
  commands: readonly Numbered[],
  rebinds: readonly Rebinding[],
): string[] {
  const scripts = commands.flatMap(({ id, machine, command }): NumberedScript[] =>
    machine === name && 'script' in command ? [{ id, script: command.script }] : [],
  );
  return [
    '',
    `mkdir -p "$work/${name}" && cd "$work/${name}" || exit 2`,
    ...files.map((file) => `truncate -s ${file.bytes} ${shellQuote(file.name)} # nothing but zeros`),
    `: >${vmFiles.hostKey}; echo '# nobody logs in' >${vmFiles.authorizedKeys}`,
    ...(own ? [`split -n ${ownParts} -d -a 1 "$here/${own.file}" own.`] : []),
    "cat >steps.sh <<'END_OF_STEPS'",
    agentScript([...scripts, ...rebinds.filter(({ machine }) => machine === name)], modules) + 'END_OF_STEPS',
    `qemu_${n}() {`,
    `exec ${withVariables(commandLines(reproArgv(argv, own !== undefined)), kernel.file, rootfs.file)}`,
    '}',
  ];
}

/** Options that only a measurement wants: counts of what runs (for which `nokaslr` is), and times in the trace. */
const measuring = ['-plugin', '-msg'];

/**
 * The run's own command line without what it measured beside. The harness' two ways in, SSH and a socket for QMP, are
 * replaced by pipes.
 */
export function reproArgv([, ...all]: readonly string[], withOwn: boolean): string[] {
  const argv = all.filter((word, n) => !measuring.includes(word) && !measuring.includes(all[n - 1] ?? ''));
  const append = argv.indexOf('-append') + 1;
  const qmp = argv.indexOf('-qmp');
  const words = argv[append]!.replace(/init=\S+/, 'init=/bin/sh').replace(/ nokaslr\b/, '');
  const changed = argv.with(append, `${words} ${agentWords}`);
  const parts = withOwn ? Array.from({ length: ownParts }, (_, n) => n) : [];
  return [
    '$QEMU',
    ...changed.slice(0, qmp),
    ...changed.slice(qmp + 2),
    ...['-chardev', 'pipe,id=qmp,path=qmp', '-mon', 'chardev=qmp,mode=control'],
    ...['-chardev', 'pipe,id=steps,path=steps', '-serial', 'chardev:steps'],
    ...['-fw_cfg', `name=${stepsFile},file=steps.sh`],
    ...parts.flatMap((n) => ['-fw_cfg', `name=${ownFile(n)},file=own.${n}`]),
  ];
}

/** What the reader may choose stands as variables, which single quotes would hide. */
function withVariables(command: string, kernel: string, rootfs: string): string {
  return command
    .replace("'$QEMU'", '"$QEMU"')
    .replace(shellQuote(kernel), '"$KERNEL"')
    .replace(/(\S*file\.filename=)\S*/, (all: string, before: string) =>
      all.includes(rootfs) ? `${before.replaceAll("'", '')}"$ROOTFS"` : all,
    );
}
